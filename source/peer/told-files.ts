import type {RemoteFile, Source} from './events.js';

/** Rows of remote files as they were told to the outside: the end of each must be told once, too. */
export class ToldFiles {
	/** Names with one row, whose key is the name: nearly all. */
	readonly #single = new Set<string>();
	/** Names with several rows, by key; undefined where a row is to be told again even if nothing about it changed. */
	readonly #several = new Map<string, Map<string, RemoteFile | undefined>>();

	/**
	Note the rows of a name as told. Of many versions, one that changed is no reason to tell all.

	@returns What is to be told: rows, and keys that are no longer there.
	*/
	tell(name: string, rows: RemoteFile[]): {changed: RemoteFile[]; removed: string[]} {
		const before = this.#several.get(name);
		if (rows.length === 1 && !before) {
			this.#single.add(name);
			return {changed: rows, removed: []};
		}

		const now = new Map(rows.map(row => [row.key, row]));
		const keys = before?.keys() ?? (this.#single.has(name) ? [name] : []);
		const removed = [...keys].filter(key => !now.has(key));
		this.#single.delete(name);
		this.#several.delete(name);
		if (rows.length > 1) {
			this.#several.set(name, now);
			return {changed: rows.filter(row => !isSameRow(row, before?.get(row.key))), removed};
		}

		if (rows.length > 0) {
			this.#single.add(name);
		}

		return {changed: rows, removed};
	}

	/** What is told of a name the next time is told in full: the rows may mean something else by now. */
	repeat(name: string): void {
		const rows = this.#several.get(name);
		for (const key of rows?.keys() ?? []) {
			rows!.set(key, undefined);
		}
	}
}

const isSameRow = (a: RemoteFile, b: RemoteFile | undefined): boolean =>
	a.mtime === b?.mtime &&
	a.size === b.size &&
	a.root === b.root &&
	a.state === b.state &&
	a.sources.length === b.sources.length &&
	a.sources.every((source, index) => isSameSource(source, b.sources[index]!));

const isSameSource = (a: Source, b: Source): boolean =>
	a.key === b.key && a.name === b.name && a.ip === b.ip && a.port === b.port && a.isClassic === b.isClassic;
