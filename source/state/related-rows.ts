import type {RemoteFile} from '../peer/events.js';
import {memo} from './memo.js';
import {RowList} from './row-list.js';
import {canBeRequested} from './selectors.js';
import type {State} from './state.js';

type RemoteFiles = State['remote'];

/** What has changed in a list since one of its versions, where that is known. */
const changesSince = (remote: RemoteFiles, version: number | undefined) =>
	remote instanceof RowList && version !== undefined
		? (remote as RowList<string, RemoteFile>).changesSince(version)
		: undefined;

/**
The remote files that have to do with something. All files are looked at once; afterwards only those that have changed, and all
again where one of these is among the wanted.
*/
function related(isWanted: (file: RemoteFile, to: string) => boolean) {
	let found: RemoteFile[] = [];
	let of: string | undefined;
	let version: number | undefined;
	return (remote: RemoteFiles, to: string): RemoteFile[] => {
		const changes = to === of ? changesSince(remote, version) : undefined;
		const concerns = (file: RemoteFile | undefined) => file !== undefined && isWanted(file, to);
		const isSame =
			changes !== undefined && ![...changes].some(([key, before]) => concerns(before) || concerns(remote.get(key)));
		if (!isSame) {
			found = [];
			for (const file of remote.values()) {
				if (isWanted(file, to)) {
					found.push(file);
				}
			}
		}

		of = to;
		version = remote instanceof RowList ? remote.version : undefined;
		return found;
	};
}

const filesOf = related(({sources}, peer) => sources.some(({key}) => key === peer));
const namedAlike = related(({name}, wanted) => name === wanted);

/** What a peer holds, in the order it was told. */
export const filesOfPeer = ({remote}: Pick<State, 'remote'>, key: string): readonly RemoteFile[] =>
	filesOf(remote, key);

const newestFirst = memo((files: readonly RemoteFile[]) => files.toSorted((a, b) => b.mtime - a.mtime));

/** The versions of a name that others hold, the newest first. */
export const versionsOf = ({remote}: Pick<State, 'remote'>, name: string): readonly RemoteFile[] =>
	newestFirst(namedAlike(remote, name));

/** How many of these are not here, or only as an older version. */
export const missingOf = memo(
	(files: readonly RemoteFile[]): number => files.filter(file => canBeRequested(file)).length,
);
