import type {RemotePeer} from '../../peer/events.js';
import {filesOfPeer, missingOf} from '../../state/related-rows.js';
import type {State} from '../../state/state.js';
import {sparkline} from '../bar.js';
import {formatAddress, formatAge, formatRate, formatSeconds, formatSize} from '../format.js';
import {fit} from '../text.js';
import {fixedRows, headRows, lazyRows, type Detail} from './detail.js';
import {peerFileRow} from './file-lists.js';
import {detailSize, labelOf, textField, titleOf, type Row} from './row.js';

const widths = {bytes: 11, rate: 12, trend: 8};

/** A peer as the user knows it. */
export const peerLabel = ({name, ip, port}: RemotePeer): string => name || formatAddress(ip, port);

/** All about a peer. */
export function peerDetail(peer: RemotePeer, state: State): Detail {
	const {width} = detailSize(state);
	const {key, ip, port, isClassic} = peer;
	const files = filesOfPeer(state, key);
	const fields = [
		...textField('Address', formatAddress(ip, port), width),
		...textField('Speaks', speaksText(peer, state), width),
		...textField('Here', hereText(state, key), width),
		...trafficRows(peer, state),
		...textField('Files', filesText(peer, missingOf(files)), width),
	];
	return {
		title: titleOf(isClassic ? '○' : '●', peerLabel(peer), width),
		parts: [
			fixedRows(fields),
			...(files.length === 0
				? []
				: [headRows('What it holds', width), lazyRows(files, file => peerFileRow(file, state, width))]),
		],
	};
}

function speaksText({key, isClassic}: RemotePeer, {peerReading}: State): string {
	if (isClassic) {
		return 'the class protocol: whole files only';
	}

	const version = peerReading?.key === key ? peerReading.httpVersion : undefined;
	return `version 2${version === undefined ? '' : ` over HTTP/${version}`}: pieces, checked one by one`;
}

function hereText({seenSince, nowMs}: State, key: string): string {
	const sinceMs = seenSince.get(key) ?? nowMs;
	const age = formatAge(Math.floor(sinceMs / 1000), nowMs);
	return `since ${formatSeconds(sinceMs)}${age === 'now' ? '' : `, ${age}`}, as far as this screen saw it`;
}

/** `12, of which 3 are missing here` */
const filesText = ({files}: RemotePeer, missing: number): string => {
	if (files === 0) {
		return 'none';
	}

	return missing === 0 ? `${files}, none of them missing here` : `${files}, ${missing} of them missing here or newer`;
};

type Traffic = {bytes: number; bytesPerSecond: number; trend: readonly number[]};

/** What has come from it and gone to it, and its round trip; as far as that is known. */
function trafficRows(peer: RemotePeer, state: State): Row[] {
	const reading = state.peerReading?.key === peer.key ? state.peerReading : undefined;
	if (!reading) {
		const down = comingFrom(peer, state);
		return down ? [trafficRow('Received', down)] : [];
	}

	const {downBytes, upBytes, rttMs, rates} = reading;
	return [
		...(rttMs === undefined ? [] : [trip(rttMs)]),
		trafficRow('Received', {bytes: downBytes, bytesPerSecond: rates.down, trend: rates.downHistory}),
		trafficRow('Sent', {bytes: upBytes, bytesPerSecond: rates.up, trend: rates.upHistory}),
	];
}

const trip = (rttMs: number): Row => [labelOf('Trip'), {text: `${Math.max(1, Math.round(rttMs))} ms there and back`}];

/** What the downloads that run now have from it. */
function comingFrom(peer: RemotePeer, {progress}: State): Traffic | undefined {
	const label = peerLabel(peer);
	let traffic: Traffic | undefined;
	for (const {sources = []} of progress.values()) {
		for (const {name, bytes, bytesPerSecond} of sources) {
			if (name === label) {
				traffic ??= {bytes: 0, bytesPerSecond: 0, trend: []};
				traffic.bytes += bytes;
				traffic.bytesPerSecond += bytesPerSecond;
			}
		}
	}

	return traffic;
}

/** `12 MB   1.2 MB/s ▁▂▃▅▇▇▆▅` */
const trafficRow = (label: string, {bytes, bytesPerSecond, trend}: Traffic): Row => [
	labelOf(label),
	{text: fit(formatSize(bytes), widths.bytes)},
	{text: fit(formatRate(bytesPerSecond), widths.rate)},
	{text: trend.length === 0 ? '' : sparkline([...trend], widths.trend), accent: 'progress'},
];
