import type {RemoteFile} from '../peer/events.js';
import {memo} from './memo.js';
import {canBeRequested} from './selectors.js';
import type {State} from './state.js';

type RemoteFiles = State['remote'];

function* where(remote: RemoteFiles, isWanted: (file: RemoteFile) => boolean): Generator<RemoteFile, void> {
	for (const file of remote.values()) {
		if (isWanted(file)) {
			yield file;
		}
	}
}

const filesOf = memo((remote: RemoteFiles, key: string): RemoteFile[] => [
	...where(remote, ({sources}) => sources.some(source => source.key === key)),
]);

/** What a peer holds, in the order it was told. Worked out when the list or the peer is another one. */
export const filesOfPeer = ({remote}: Pick<State, 'remote'>, key: string): RemoteFile[] => filesOf(remote, key);

const namedAlike = memo((remote: RemoteFiles, name: string): RemoteFile[] =>
	[...where(remote, file => file.name === name)].toSorted((a, b) => b.mtime - a.mtime),
);

/** The versions of a name that others hold, the newest first. Worked out when the list or the name is another one. */
export const versionsOf = ({remote}: Pick<State, 'remote'>, name: string): RemoteFile[] => namedAlike(remote, name);

/** How many of these are not here, or only as an older version. */
export const missingOf = memo(
	(files: readonly RemoteFile[]): number => files.filter(file => canBeRequested(file)).length,
);
