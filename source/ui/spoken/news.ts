import type {Transfer} from '../../peer/events.js';
import {RowList} from '../../state/row-list.js';
import type {State} from '../../state/state.js';
import {count, percentOf} from '../format.js';
import {noticeText, spokenPace, spokenProgress} from './row.js';
import {sentence, spokenDuration} from './words.js';

/** More things of a kind than this, at one time, are told as a number. */
const maxEach = 5;

const each = (texts: string[], summary: (amount: number) => string): string[] =>
	texts.length > maxEach ? [summary(texts.length)] : texts;

/** What has happened between two states, whatever the user did: notices, transfers, peers, the tracker. A line for each. */
export function spokenNews(before: State, after: State): string[] {
	if (before === after) {
		return [];
	}

	return [
		...selfNews(before, after),
		...trackerNews(before, after),
		...peerNews(before, after),
		...transferNews(before, after),
		...progressNews(before, after),
		...noticeNews(before, after),
	];
}

function selfNews(before: State, after: State): string[] {
	const {self, isSyncing} = after;
	return [
		...(self && self !== before.self ? [`${self.name} shares ${self.dir} on port ${self.port}.`] : []),
		...(isSyncing === before.isSyncing ? [] : [`Sync is ${isSyncing ? 'on' : 'off'}.`]),
	];
}

/** A try is no news; of those in vain, only the first is, as long as `before` is what was told last (`toldState`). */
function trackerNews({tracker: before}: State, {tracker: after}: State): string[] {
	if (!after || after.state === before?.state) {
		return [];
	}

	switch (after.state) {
		case 'connecting': {
			return [];
		}

		case 'connected': {
			return [`Connected to the tracker at ${after.address}.`];
		}

		case 'lost': {
			const wait = spokenDuration(Math.ceil(after.retryInMs / 1000));
			return [`The tracker is lost: ${after.reason}. Trying again in ${wait}.`];
		}
	}
}

/** What is to be compared with next: a try to reach the tracker is not told, and not remembered. */
export const toldState = (before: State, after: State): State =>
	after.tracker?.state === 'connecting' ? {...after, tracker: before.tracker} : after;

type Change<Row> = {last: Row | undefined; row: Row | undefined};

/** Rows that are another now, new, or gone. */
function changesOf<Key, Row>(before: ReadonlyMap<Key, Row>, after: ReadonlyMap<Key, Row>): Array<Change<Row>> {
	if (before === after) {
		return [];
	}

	const changes =
		before instanceof RowList && after instanceof RowList
			? (after as RowList<Key, Row>).changesSince(before.version)
			: undefined;
	if (changes) {
		return Array.from(changes, ([key, last]) => ({last, row: after.get(key)}));
	}

	const gone = [...before].filter(([key]) => !after.has(key));
	return [
		...Array.from(after, ([key, row]) => ({last: before.get(key), row})).filter(({last, row}) => last !== row),
		...gone.map(([, last]) => ({last, row: undefined})),
	];
}

function peerNews({peers: before}: State, {peers: after}: State): string[] {
	const changes = changesOf(before, after);
	const nameOf = ({name, ip, port}: {name: string; ip: string; port: number}) => name || `${ip} port ${port}`;
	const joined = changes.flatMap(({last, row}) => (row && !last ? [row] : []));
	const left = changes.flatMap(({last, row}) => (last && !row ? [last] : []));
	return [
		...each(
			joined.map(peer => `${nameOf(peer)} joined with ${count(peer.files, 'file')}.`),
			amount => `${amount} peers joined.`,
		),
		...each(
			left.map(peer => `${nameOf(peer)} left.`),
			amount => `${amount} peers left.`,
		),
	];
}

function transferNews(before: State, after: State): string[] {
	const texts = new Map<string, string[]>();
	for (const {last, row} of changesOf(before.transfers, after.transfers)) {
		const text = row && last?.state !== row.state ? changeText(row, after) : undefined;
		if (row && text !== undefined) {
			const kind = `${row.direction === 'up' ? 'uploads' : 'downloads'} ${row.state}`;
			texts.set(kind, [...(texts.get(kind) ?? []), text]);
		}
	}

	return [...texts].flatMap(([kind, same]) => each(same, amount => `${amount} ${kind}.`));
}

/** How a transfer stands now; nothing where a notice says so: of downloads that are done or have failed. */
function changeText(transfer: Transfer, state: State): string | undefined {
	const {label, direction, peer, state: how, error} = transfer;
	const isUpload = direction === 'up';
	switch (how) {
		case 'waiting': {
			return `${label} waits${error ? `: ${error}` : ' for its turn'}.`;
		}

		case 'running': {
			return isUpload ? `Sending ${label} to ${peer}.` : `Fetching ${label}.`;
		}

		case 'paused': {
			return `${label} is paused at ${spokenProgress(transfer, state)}.`;
		}

		case 'cancelled': {
			return `${label} is cancelled.`;
		}

		case 'done': {
			return isUpload ? `Sent ${label} to ${peer}.` : undefined;
		}

		case 'failed': {
			return isUpload ? sentence(`Sending ${label} to ${peer} failed: ${error ?? 'no reason is known'}`) : undefined;
		}
	}
}

/** Progress is told at each quarter. */
const quarterOf = (bytes: number, size: number) => Math.floor(percentOf(bytes, size) / 25);

function progressNews(before: State, after: State): string[] {
	if (before.progress === after.progress) {
		return [];
	}

	const texts: string[] = [];
	for (const [id, {bytes}] of after.progress) {
		const transfer = after.transfers.get(id);
		const last = before.progress.get(id);
		if (transfer?.size !== undefined && last) {
			const quarter = quarterOf(bytes, transfer.size);
			if (quarter > quarterOf(last.bytes, transfer.size) && quarter < 4) {
				texts.push(`${transfer.label}: ${quarter * 25} percent, ${spokenPace(transfer, after)}.`);
			}
		}
	}

	return each(texts, amount => `${amount} transfers go on.`);
}

function noticeNews(before: State, after: State): string[] {
	if (before.notice === after.notice) {
		return [];
	}

	const last = before.notice?.id ?? 0;
	// How it stands with the tracker has been said.
	const fresh = [...after.log.values()].filter(({id, isOfTracker}) => id > last && !isOfTracker);
	return each(
		fresh.map(notice => sentence(noticeText(notice))),
		amount => `${amount} notices; the last: ${sentence(noticeText(fresh.at(-1)!))}`,
	);
}
