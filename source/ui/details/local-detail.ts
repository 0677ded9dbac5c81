import type {LocalFile, RemoteFile, Source} from '../../peer/events.js';
import {versionsOf} from '../../state/related-rows.js';
import type {State} from '../../state/state.js';
import {percentOf} from '../format.js';
import {fixedRows, type Detail} from './detail.js';
import {modifiedText, sizeText} from './file-fields.js';
import {holderRows, versionRows} from './file-lists.js';
import {detailSize, textField, titleOf} from './row.js';

/** All about a file of the shared folder. */
export function localDetail(file: LocalFile, state: State): Detail {
	const {width} = detailSize(state);
	const {name, label, size, mtime} = file;
	const versions = versionsOf(state, name);
	const holders = holdersOf(file, versions);
	const others = versions.filter(version => !isSame(file, version));
	const fields = [
		...textField('Path', state.self ? `${state.self.dir}/${label}` : label, width),
		...textField('Size', sizeText(size), width),
		...textField('Modified', modifiedText(mtime, state.nowMs), width),
		...textField('Content', contentText(file, state), width),
		...(holders.length === 0 ? textField('Held by', 'nobody else', width) : []),
	];
	return {
		title: titleOf('=', label, width),
		parts: [
			fixedRows(fields),
			...holderRows(holders, width),
			...versionRows(others, {key: undefined, nowMs: state.nowMs, width}),
		],
	};
}

const isSame = ({root}: LocalFile, version: RemoteFile) =>
	version.state === 'here' || (root !== undefined && version.root === root);

const holdersOf = (file: LocalFile, versions: readonly RemoteFile[]): Source[] =>
	versions.find(version => isSame(file, version))?.sources ?? [];

/** The content id, or how far it is from being known. */
function contentText({name, root}: LocalFile, {sample}: State): string {
	if (root !== undefined) {
		return root;
	}

	const {indexing} = sample ?? {};
	if (!indexing) {
		return 'not known yet: the file has not been hashed';
	}

	return indexing.name === name
		? `not known yet: hashing, ${percentOf(indexing.bytes, indexing.size)} %`
		: `not known yet: waits to be hashed, ${indexing.filesLeft} left`;
}
