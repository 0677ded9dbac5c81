import {reasonOf} from '../protocol/errors.js';
import type {UploadLog} from './served-file.js';
import type {TransferTable} from './transfer-table.js';

export type Upload = {
	name: string;
	label: string;
	size: number;
	/** The first byte that is asked for. */
	from: number;
	/** The other side, as the user knows it. */
	peer: string;
};

/** Another peer fetches a file from us: show it, and follow it to its end. */
export function beginUpload(table: TransferTable, {name, label, size, from, peer}: Upload): UploadLog {
	let bytes = from;
	const row = table.add({direction: 'up', name, label, size, bytes, state: 'running', peer, error: undefined});
	row.liveBytes = () => bytes;
	return {
		sent(count) {
			bytes += count;
		},
		end(error) {
			const failure = error === undefined ? undefined : reasonOf(error);
			table.set(row, {state: failure === undefined ? 'done' : 'failed', error: failure, bytes});
		},
	};
}
