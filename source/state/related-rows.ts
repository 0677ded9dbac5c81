import type {RemoteFile} from '../peer/events.js';
import {FileIndex} from './file-index.js';
import {memo} from './memo.js';
import {canBeRequested} from './selectors.js';
import type {State} from './state.js';

const byPeer = new FileIndex(({sources}) =>
	sources.length === 1 ? [sources[0]!.key] : new Set(sources.map(({key}) => key)),
);

/** The newest version of a name has the name for its key: only the others have to be looked for, and there are few. */
const olderByName = new FileIndex(({key, name}) => (key === name ? [] : [name]));

/** What a peer holds. */
export const filesOfPeer = ({remote}: Pick<State, 'remote'>, key: string): readonly RemoteFile[] =>
	byPeer.of(remote, key);

const newestFirst = memo((newest: RemoteFile | undefined, others: readonly RemoteFile[]): readonly RemoteFile[] =>
	[...(newest ? [newest] : []), ...others].toSorted((a, b) => b.mtime - a.mtime),
);

/** The versions of a name that others hold, the newest first. */
export const versionsOf = ({remote}: Pick<State, 'remote'>, name: string): readonly RemoteFile[] =>
	newestFirst(remote.get(name), olderByName.of(remote, name));

/** How many of these are not here, or only as an older version. */
export const missingOf = memo(
	(files: readonly RemoteFile[]): number => files.filter(file => canBeRequested(file)).length,
);
