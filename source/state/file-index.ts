import type {RemoteFile} from '../peer/events.js';
import {RowList} from './row-list.js';
import type {State} from './state.js';

type RemoteFiles = State['remote'];

const nothing: readonly RemoteFile[] = [];

/**
Remote files by something else than their key. All files are looked at when it is asked for the first time; afterwards those that have
changed since it was asked last. Nothing is paid while nobody asks.
*/
export class FileIndex {
	/** What a file is found by; each of them once. */
	readonly #keysOf: (file: RemoteFile) => Iterable<string>;
	#lists = new Map<string, RemoteFile[]>();
	#version: number | undefined;
	/** Where the list does not tell its changes. */
	#plain: RemoteFiles | undefined;

	constructor(keysOf: (file: RemoteFile) => Iterable<string>) {
		this.#keysOf = keysOf;
	}

	/** The very same as before, while none of them has changed. */
	of(remote: RemoteFiles, key: string): readonly RemoteFile[] {
		this.#follow(remote);
		return this.#lists.get(key) ?? nothing;
	}

	#follow(remote: RemoteFiles): void {
		if (!(remote instanceof RowList)) {
			if (remote !== this.#plain) {
				this.#build(remote);
				this.#plain = remote;
				this.#version = undefined;
			}

			return;
		}

		const list = remote as RowList<string, RemoteFile>;
		const changes = this.#version === undefined ? undefined : list.changesSince(this.#version);
		if (changes) {
			this.#patch(list, changes);
		} else {
			this.#build(list);
		}

		this.#version = list.version;
		this.#plain = undefined;
	}

	#build(remote: RemoteFiles): void {
		this.#lists = new Map();
		for (const file of remote.values()) {
			for (const key of this.#keysOf(file)) {
				const list = this.#lists.get(key);
				if (list) {
					list.push(file);
				} else {
					this.#lists.set(key, [file]);
				}
			}
		}
	}

	/** A file that is another now stays in its place. @param changes - What the rows were that are another now, by key. */
	#patch(remote: RemoteFiles, changes: ReadonlyMap<string, RemoteFile | undefined>): void {
		const gone = new Map<string, Set<string>>();
		const come = new Map<string, Map<string, RemoteFile>>();
		for (const [key, before] of changes) {
			const now = remote.get(key);
			for (const found of before ? this.#keysOf(before) : []) {
				gone.set(found, (gone.get(found) ?? new Set<string>()).add(key));
			}

			for (const found of now ? this.#keysOf(now) : []) {
				come.set(found, (come.get(found) ?? new Map<string, RemoteFile>()).set(key, now!));
			}
		}

		for (const found of new Set([...gone.keys(), ...come.keys()])) {
			this.#put(found, gone.get(found), come.get(found) ?? new Map<string, RemoteFile>());
		}
	}

	#put(found: string, gone: ReadonlySet<string> | undefined, come: Map<string, RemoteFile>): void {
		const list: RemoteFile[] = [];
		for (const file of this.#lists.get(found) ?? []) {
			const now = gone?.has(file.key) ? come.get(file.key) : file;
			if (now) {
				list.push(now);
				come.delete(file.key);
			}
		}

		list.push(...come.values());
		if (list.length > 0) {
			this.#lists.set(found, list);
		} else {
			this.#lists.delete(found);
		}
	}
}
