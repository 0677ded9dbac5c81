import type {RemoteFile, Transfer} from '../peer/events.js';
import {bytesOf, canBeRequested, downloadOf} from '../state/selectors.js';
import type {State} from '../state/state.js';
import {formatSize, percentOf} from './format.js';
import type {Segment} from './theme.js';

export const remoteStateWords: Record<RemoteFile['state'], string> = {
	missing: '+ missing',
	newer: '^ newer',
	here: '= here',
	older: 'v older',
};

/** A glyph and a word for how it stands with a version that others hold. */
export function fileState(file: RemoteFile, state: State): Segment {
	const transfer = downloadOf(state, file);
	return {
		text: textOf(file, transfer, state),
		isDim: !transfer && !canBeRequested(file),
		accent: transfer && (transfer.state === 'failed' ? 'trouble' : 'progress'),
	};
}

function textOf(file: RemoteFile, transfer: Transfer | undefined, state: State): string {
	switch (transfer?.state) {
		case 'running': {
			return transfer.size === undefined
				? `↓ ${formatSize(bytesOf(state, transfer))}`
				: `↓ ${percentOf(bytesOf(state, transfer), transfer.size)} %`;
		}

		case 'waiting': {
			return '… waiting';
		}

		case 'paused': {
			return '‖ paused';
		}

		case 'failed': {
			return '✗ failed';
		}

		default: {
			return remoteStateWords[file.state];
		}
	}
}
