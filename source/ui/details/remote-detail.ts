import type {RemoteFile, Transfer} from '../../peer/events.js';
import {versionsOf} from '../../state/related-rows.js';
import {bytesOf, canBeRequested, downloadOf} from '../../state/selectors.js';
import type {State} from '../../state/state.js';
import {fileState} from '../file-state.js';
import {formatEta, formatRate} from '../format.js';
import {fixedRows, type Detail} from './detail.js';
import {contentText, modifiedText, namesOf, nameRows, sizeText, stateWords} from './file-fields.js';
import {holderRows, versionRows} from './file-lists.js';
import {detailSize, textField, titleOf} from './row.js';

/** All about a version that others hold. */
export function remoteDetail(file: RemoteFile, state: State): Detail {
	const {width} = detailSize(state);
	const {key, name, label, size, mtime, sources} = file;
	const transfer = downloadOf(state, file);
	const versions = versionsOf(state, name);
	const fields = [
		...nameRows(label, width),
		...textField('Content', contentText(file), width),
		...textField('Size', sizeText(size), width),
		...textField('Modified', modifiedText(mtime, state.nowMs), width),
		...textField('State', stateWords(file, state), width),
		...(transfer ? textField('Transfer', transferText(file, transfer, state), width, accentOf(transfer)) : []),
		...textField('Enter', whatEnterDoes(file, transfer), width, {isBold: true}),
	];
	return {
		title: titleOf(fileState(file, state).text.slice(0, 1), label, width),
		parts: [
			fixedRows(fields),
			...holderRows(sources, width),
			...(versions.length > 1 ? versionRows(versions, {key, nowMs: state.nowMs, width}) : []),
		],
	};
}

const accentOf = ({state}: Transfer) => (state === 'failed' ? {accent: 'trouble' as const} : {});

/** `↓ 45 %, 12 MB/s, 0:18 to go`; `✗ failed: bob closed the connection` */
function transferText(file: RemoteFile, transfer: Transfer, state: State): string {
	const {id, size, error} = transfer;
	const how = fileState(file, state).text;
	if (transfer.state !== 'running') {
		return error === undefined ? how : `${how}: ${error}`;
	}

	const rate = state.progress.get(id)?.bytesPerSecond ?? 0;
	const eta = size === undefined ? '' : formatEta(size - bytesOf(state, transfer), rate);
	return [how, formatRate(rate), eta && `${eta} to go`, error && `waits: ${error}`].filter(Boolean).join(', ');
}

function whatEnterDoes(file: RemoteFile, transfer: Transfer | undefined): string {
	switch (transfer?.state) {
		case 'running':
		case 'waiting': {
			return 'does nothing: it is among the transfers already';
		}

		case 'paused': {
			return 'goes on with it';
		}

		case 'failed': {
			return 'tries it again';
		}

		default: {
			return canBeRequested(file) ? fetchText(file) : whyNot(file);
		}
	}
}

function fetchText({sources, state}: RemoteFile): string {
	const from = sources.length === 0 ? 'when somebody who holds it is here' : `from ${namesOf(sources)}`;
	return `fetches it ${from}${state === 'newer' ? '; the copy here goes to the versions folder' : ''}`;
}

const whyNot = ({state}: RemoteFile) =>
	state === 'here' ? 'does nothing: it is here' : 'does nothing: the copy here is newer, and stays';
