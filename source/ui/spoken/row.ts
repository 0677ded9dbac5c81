import type {LocalFile, RemoteFile, RemotePeer, Transfer} from '../../peer/events.js';
import {bytesOf, downloadOf, type Rows} from '../../state/selectors.js';
import type {Notice, PaneName, State, WireRow} from '../../state/state.js';
import {count, formatClock, formatEta, formatRate, formatSeconds, formatSize, percentOf} from '../format.js';
import {commaed, spokenAge, spokenDuration} from './words.js';

const sizeOf = (size: number | undefined) => (size === undefined ? 'size not known' : formatSize(size));

/** `45 percent`, or bytes where the size is not known. */
export const spokenProgress = (transfer: Transfer, state: State): string =>
	transfer.size === undefined
		? formatSize(bytesOf(state, transfer))
		: `${percentOf(bytesOf(state, transfer), transfer.size)} percent`;

const peerText = ({name, ip, port, files, isClassic}: RemotePeer) =>
	commaed([name || `${ip} port ${port}`, name && ip, count(files, 'file'), isClassic ? 'classic' : '']);

const localText = ({label, size, mtime}: LocalFile, {nowMs, sample}: State) =>
	commaed([label, formatSize(size), spokenAge(mtime, nowMs), sample?.indexing?.label === label ? 'being hashed' : '']);

const fileStates: Record<RemoteFile['state'], string> = {
	missing: 'missing',
	newer: 'newer than yours',
	here: 'here',
	older: 'older than yours',
};

function remoteText(file: RemoteFile, state: State): string {
	const {label, size, mtime, sources, key} = file;
	const download = downloadOf(state, file);
	const isUnderWay = download && download.state !== 'done' && download.state !== 'cancelled';
	return commaed([
		label,
		sizeOf(size),
		spokenAge(mtime, state.nowMs),
		`held by ${sources.length}`,
		isUnderWay ? `download ${download.state}` : fileStates[file.state],
		state.marks.has(key) ? 'marked' : '',
	]);
}

/** Rate and time to go, while it runs. */
export function spokenPace(transfer: Transfer, state: State): string {
	const rate = state.progress.get(transfer.id)?.bytesPerSecond ?? 0;
	const left = transfer.size === undefined ? 0 : transfer.size - bytesOf(state, transfer);
	const hasEta = formatEta(left, rate) !== '' && left > 0;
	return commaed([formatRate(rate), hasEta ? `${spokenDuration(Math.ceil(left / rate))} to go` : '']);
}

function transferText(transfer: Transfer, state: State): string {
	const {label, direction, peer, state: how, error} = transfer;
	const side = direction === 'up' ? `upload to ${peer}` : peer ? `download from ${peer}` : 'download';
	return commaed([
		label,
		side,
		how,
		how === 'done' ? formatSize(bytesOf(state, transfer)) : spokenProgress(transfer, state),
		how === 'running' ? spokenPace(transfer, state) : '',
		error,
	]);
}

const wireText = ({atMs, direction, party, kind, bytes, summary, problem}: WireRow) =>
	commaed([
		`${kind} ${direction === 'in' ? 'from' : 'to'} ${party}`,
		formatSize(bytes),
		problem ?? summary,
		`at ${formatSeconds(atMs)}`,
	]);

/** `Warning: port 8000 is taken`. */
export const noticeText = ({level, text}: Pick<Notice, 'level' | 'text'>): string =>
	level === 'info' ? text : `${level === 'error' ? 'Error' : 'Warning'}: ${text}`;

const texts: {[Pane in PaneName]: (row: Rows[Pane], state: State) => string} = {
	peers: peerText,
	local: localText,
	remote: remoteText,
	transfers: transferText,
	wire: wireText,
	log: notice => `${formatClock(notice.atMs)}, ${noticeText(notice)}`,
};

/** What a row says, in words: `notes.pdf, 2.1 MB, changed 1 hour ago, held by 2, missing`. */
export const spokenRow = <Pane extends PaneName>(pane: Pane, row: Rows[Pane], state: State): string =>
	texts[pane](row, state);
