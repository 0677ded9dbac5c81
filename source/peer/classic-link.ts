import {PeerError, TransferError} from '../protocol/errors.js';
import type {FileEntry} from '../protocol/messages.js';
import type {Wire} from '../protocol/wire.js';
import type {ClassicSources} from './classic-source.js';
import type {Source} from './events.js';
import {sourceLabel, type FileAnswer} from './file-answer.js';
import {slotBytes, type PieceFile, type PieceStore} from './piece-store.js';
import type {RateLimit} from './rate-limit.js';
import type {LinkEvents, SourceLink} from './source-link.js';

export type ClassicLinkOptions = {
	source: Source;
	file: FileEntry & {size: number};
	classic: ClassicSources;
	store: PieceStore;
	pieces: PieceFile;
	ownName: string;
	limit: RateLimit | undefined;
	events: LinkEvents;
	requests: Map<number, LinkEvents>;
	wire?: Wire | undefined;
};

/**
A class program as a source of a content whose root is known: it sends the file from its first byte to its last, whatever is
asked; what is here already is passed over, and every piece is verified like any other.
*/
export class ClassicLink implements SourceLink {
	readonly #options: ClassicLinkOptions;
	readonly #stop = new AbortController();
	#isAsked = false;

	constructor(options: ClassicLinkOptions) {
		this.#options = options;
	}

	ask(): void {
		if (!this.#isAsked) {
			this.#isAsked = true;
			void this.#run();
		}
	}

	close(): void {
		this.#stop.abort();
	}

	async #run(): Promise<void> {
		const {source, file, classic, pieces, ownName, events, requests, wire} = this.#options;
		const {signal} = this.#stop;
		const request = pieces.nextRequest();
		requests.set(request, events);
		let answer: FileAnswer | undefined;
		try {
			answer = await classic.ask({source, file, offset: 0, ownName, signal, wire});
			await this.#take(answer, request);
			await pieces.settled(request);
			throw new TransferError(`${sourceLabel(source)} has sent all it has`, {isFinal: true});
		} catch (error) {
			answer?.cancel();
			pieces.drop(request);
			if (!signal.aborted) {
				events.onClosed(error instanceof PeerError ? error : new PeerError(String(error), {cause: error}));
			}
		}
	}

	async #take({size, body}: FileAnswer, request: number): Promise<void> {
		const {source, file, store, pieces, events, limit} = this.#options;
		const {signal} = this.#stop;
		const who = sourceLabel(source);
		if (size !== undefined && size !== file.size) {
			throw new TransferError(`${who} offers a file of another size`, {isFinal: true});
		}

		let position = 0;
		let filled = 0;
		let slot: number | undefined;
		try {
			for await (const chunk of body) {
				if (position + filled + chunk.length > file.size) {
					throw new TransferError(`${who} sends more than there is of the file`, {isFinal: true});
				}

				events.onBytes(chunk.length);
				await limit?.pass(chunk.length, signal);
				for (let at = 0; at < chunk.length;) {
					slot ??= await freeSlot(store, signal);
					const some = chunk.subarray(at, at + slotBytes - filled);
					store.view(slot, filled, filled + some.length).set(some);
					at += some.length;
					filled += some.length;
					if (filled === slotBytes || position + filled === file.size) {
						pieces.write(request, slot, position, filled);
						slot = undefined;
						position += filled;
						filled = 0;
					}
				}
			}
		} finally {
			if (slot !== undefined) {
				store.giveSlot(slot);
			}
		}

		if (position < file.size) {
			throw new TransferError(`${who} closed the connection after ${position + filled} bytes`);
		}
	}
}

async function freeSlot(store: PieceStore, signal: AbortSignal): Promise<number> {
	for (;;) {
		signal.throwIfAborted();
		const slot = store.takeSlot();
		if (slot !== undefined) {
			return slot;
		}

		await new Promise<void>(resolve => {
			store.onFree(resolve);
		});
	}
}
