import type {FileEntry} from '../protocol/messages.js';
import type {FileState, LocalFile, RemoteFile} from './events.js';
import type {Held} from './known-peer.js';

/** One content under one name, and who holds it under that name. */
export type Version = {
	name: string;
	/** What tells it from the other versions of its name: the root, or `mtime-size` where nobody has told a root. */
	content: string;
	root: string | undefined;
	/** Unknown where only classic peers hold it. */
	size: number | undefined;
	/** The latest among its holders. */
	mtime: number;
	holders: Held[];
};

/** No name has one, and no content. */
const keySeparator = '\n';

/**
The key of a version's row: the bare name for the newest, so that a name can be asked for without knowing its versions; the
others have their content behind a newline, which no name can contain.
*/
export const versionKeyOf = ({name, content}: Version, isNewest: boolean): string =>
	isNewest ? name : `${name}${keySeparator}${content}`;

/** The parts of a key; no content stands for the newest. */
export function parseVersionKey(key: string): {name: string; content: string | undefined} {
	const at = key.indexOf(keySeparator);
	return at === -1 ? {name: key, content: undefined} : {name: key.slice(0, at), content: key.slice(at + 1)};
}

type ContentHints = Pick<RemoteFile, 'mtime'> & {size?: number | undefined; root?: string | undefined};

/** Whether two entries of one name are of one content, as far as can be known. */
export const isSameContent = (a: ContentHints, b: ContentHints): boolean =>
	a.root !== undefined && b.root !== undefined
		? a.root === b.root
		: a.mtime === b.mtime && (a.size === undefined || b.size === undefined || a.size === b.size);

/** Whether a version is one that we lack, and not older than what is here. */
export const canBeFetched = ({state}: RemoteFile): boolean => state === 'missing' || state === 'newer';

/** Whether sync fetches it: of each name only the newest version. */
export const isWanted = (file: RemoteFile): boolean => file.key === file.name && canBeFetched(file);

/**
Group all that is held under one name by content, the newest first. An entry without a root, because it is not hashed yet or its
holder is classic, joins a version that somebody holds with the same time and size (any size where it tells none); otherwise it
is a version of its own. Which versions there are, and their order, does not depend on the order of the entries.
*/
export function versionsOf(entries: ReadonlySet<Held>): Version[] {
	const byRoot = new Map<string, Held[]>();
	const sized: Held[] = [];
	const bare: Held[] = [];
	for (const held of entries) {
		if (held.root === undefined) {
			(held.size === undefined ? bare : sized).push(held);
			continue;
		}

		const holders = byRoot.get(held.root);
		if (holders) {
			holders.push(held);
		} else {
			byRoot.set(held.root, [held]);
		}
	}

	const versions = Array.from(byRoot.values(), holders => hashedVersionOf(holders));
	versions.sort(compare);
	joinOrAdd(versions, sized, (mtime, size) => `${mtime}-${size}`);
	joinOrAdd(versions, bare, mtime => `${mtime}-?`);
	if (versions.length < entries.size && sized.length + bare.length > 0) {
		inOrderOf(entries, versions);
	}

	return versions;
}

/** Holders in the order in which they announced it, which is the order in which they are asked. */
function inOrderOf(entries: ReadonlySet<Held>, versions: Version[]): void {
	const places = new Map(Array.from(entries, (held, place) => [held, place]));
	for (const {holders} of versions) {
		holders.sort((a, b) => places.get(a)! - places.get(b)!);
	}
}

/** The size is what most say: whoever lies about it is found out when the bytes come. */
function hashedVersionOf(holders: Held[]): Version {
	const [{name, root, size, mtime}] = holders as [Held];
	const version = {name, content: root!, root, size, mtime, holders};
	if (holders.length === 1) {
		return version;
	}

	const counts = new Map<number, number>();
	for (const held of holders) {
		version.mtime = Math.max(version.mtime, held.mtime);
		counts.set(held.size!, (counts.get(held.size!) ?? 0) + 1);
	}

	const [most] = [...counts].toSorted(([a, countOfA], [b, countOfB]) => countOfB - countOfA || a - b);
	version.size = most![0];
	return version;
}

/**
@param versions - In order; the first that fits is joined. It is in order afterwards, too.
@param contentOf - What entries and versions have in common that belong together.
*/
function joinOrAdd(
	versions: Version[],
	entries: Held[],
	contentOf: (mtime: number, size: number | undefined) => string,
): void {
	if (entries.length === 0) {
		return;
	}

	const byContent = new Map<string, Version>();
	for (const version of versions) {
		for (const {mtime} of version.holders) {
			const content = contentOf(mtime, version.size);
			byContent.set(content, byContent.get(content) ?? version);
		}
	}

	for (const held of entries) {
		const {name, mtime, size} = held;
		const content = contentOf(mtime, size);
		const version = byContent.get(content);
		if (version) {
			version.holders.push(held);
		} else {
			const added = {name, content, root: undefined, size, mtime, holders: [held]};
			byContent.set(content, added);
			versions.push(added);
		}
	}

	versions.sort(compare);
}

/** The newest first; of one time what most hold, then what is hashed. */
function compare(a: Version, b: Version): number {
	return (
		b.mtime - a.mtime ||
		b.holders.length - a.holders.length ||
		Number(b.root !== undefined) - Number(a.root !== undefined) ||
		(a.content < b.content ? -1 : 1)
	);
}

/** How it stands with a version, given what is here under its name. */
export function stateOf(version: Version, isNewest: boolean, local: LocalFile | undefined): FileState {
	if (!local) {
		return 'missing';
	}

	const areHashed = version.root !== undefined && local.root !== undefined;
	if (areHashed && version.root === local.root) {
		return 'here';
	}

	if (version.mtime > local.mtime) {
		return 'newer';
	}

	const {mtime, size} = version;
	const isOther = mtime !== local.mtime || (size !== undefined && size !== local.size);
	return areHashed || (!isNewest && isOther) ? 'older' : 'here';
}

/** The version that a file is, as far as can be known. */
export function versionOf(versions: Version[], {root, mtime, size}: FileEntry): Version | undefined {
	const same = root === undefined ? undefined : versions.find(version => version.root === root);
	return (
		same ??
		versions.find(
			version =>
				(root === undefined || version.root === undefined) &&
				(size === undefined || version.size === undefined || version.size === size) &&
				version.holders.some(held => held.mtime === mtime),
		)
	);
}
