import {connect, type Socket} from 'node:net';
import {performance} from 'node:perf_hooks';
import {addressOf, formatAddress, type Address} from '../protocol/address.js';
import {decodeTrackerMessage} from '../protocol/decode.js';
import {encodeLine, wireFilesChanged, wireInit} from '../protocol/encode.js';
import {PeerError, reasonOf} from '../protocol/errors.js';
import {JsonStream, type JsonObject} from '../protocol/json-stream.js';
import {limits} from '../protocol/limits.js';
import type {FileEntry, PartsChange, TrackerMessage} from '../protocol/messages.js';
import {describeControl} from '../protocol/wire-control.js';
import {bytesOf, describeMalformed} from '../protocol/wire-text.js';
import type {Wire, WireDescription, WireMessage} from '../protocol/wire.js';
import {Backoff} from './backoff.js';
import type {TrackerStatus} from './events.js';

export type TrackerLinkOptions = {
	address: Address;
	/** The port that others reach us on. */
	port: number;
	name: string;
	/** See the directory without being in it. */
	isObserver: boolean;
	/** All we share, at the moment of each Init. */
	files: () => Iterable<FileEntry>;
	/** All contents of which we offer pieces, at the moment of each Init. */
	parts: () => Iterable<string>;
	signal: AbortSignal;
	onMessage: (message: TrackerMessage) => void;
	onStatus: (status: TrackerStatus) => void;
	backoff?: Backoff;
	wire?: Wire;
};

/** What we know of the tracker's dialect on this connection: nothing until its first answer. */
type Version = 1 | 2 | undefined;

/** Nobody serves files there (RFC 863). */
const discardPort = 9;

/** How long a farewell may hold up our own end. */
const byeTimeoutMs = 300;

/**
Our connection to the tracker: Init, keep-alives, changes, and connecting anew when it is lost. Speaks the class protocol
until the tracker's first answer shows version 2; a classic tracker never gets a second message before it answered the first.
*/
export class TrackerLink {
	/** Our own address as seen from the tracker's side of the network. */
	localIp: string | undefined;
	/** Our end of the connection, as the tracker sees it. */
	localAddress: string | undefined;
	/** How long the tracker took to answer the last keep-alive. */
	rttMs: number | undefined;
	readonly #options: TrackerLinkOptions;
	readonly #backoff: Backoff;
	#socket: Socket | undefined;
	#remote: string | undefined;
	#version: Version;
	#revision = 0;
	/** When the question was sent that is not answered yet. */
	#askedAtMs: number | undefined;
	/** Our files changed while a classic tracker owed us an answer. */
	#hasNews = false;
	/** The times that the last Init named, by file; of use with a classic tracker only. */
	#toldTimes = new Map<string, number>();
	/** Until the next keep-alive, or the next try. */
	#timer: NodeJS.Timeout | undefined;
	#answerTimer: NodeJS.Timeout | undefined;

	constructor(options: TrackerLinkOptions) {
		this.#options = options;
		this.#backoff = options.backoff ?? new Backoff();
		options.signal.addEventListener('abort', () => {
			clearTimeout(this.#timer);
			clearTimeout(this.#answerTimer);
			this.#socket?.destroy();
		});
	}

	/** Connect, and stay connected until the signal. */
	start(): void {
		const {address, signal, onStatus} = this.#options;
		if (signal.aborted) {
			return;
		}

		onStatus({state: 'connecting'});
		const socket = connect({...address, noDelay: true, keepAlive: true});
		const stream = new JsonStream(limits.maxTrackerMessageBytes);
		let problem: unknown;
		this.#socket = socket;
		this.#version = undefined;
		this.#askedAtMs = undefined;
		socket.setTimeout(limits.connectTimeoutMs, () => {
			problem = new PeerError('did not answer');
			socket.destroy();
		});
		socket.on('connect', () => {
			this.localIp = socket.localAddress;
			this.localAddress = addressOf(socket.localAddress, socket.localPort);
			this.#remote = addressOf(socket.remoteAddress, socket.remotePort);
			socket.setTimeout(0);
			this.#sendInit();
		});
		socket.on('data', chunk => {
			try {
				for (const value of stream.push(chunk)) {
					const message = decodeTrackerMessage(value);
					this.#see('in', () => describeControl('tracker', value, stream.taken));
					if (message) {
						this.#handle(message);
					}
				}
			} catch (error) {
				problem = error;
				this.#see('in', () => describeMalformed(stream.taken, reasonOf(error)));
				socket.destroy();
			}
		});
		socket.on('error', error => {
			problem ??= error;
		});
		socket.on('close', () => {
			if (stream.pendingBytes > 0 && problem === undefined) {
				this.#see('in', () => describeMalformed(stream.taken, 'The connection closed in the middle of a message'));
			}

			this.localAddress = undefined;
			this.#lost(problem ?? new PeerError('closed the connection'));
		});
	}

	/** Our folder has changed, or what we have pieces of: tell the tracker in its own dialect. */
	announce(added: FileEntry[], removed: string[], parts?: PartsChange): void {
		if (this.#options.isObserver) {
			return;
		}

		if (this.#version === 2) {
			this.#send(wireFilesChanged({added, removed, ...(parts && {parts})}));
			return;
		}

		// The class protocol knows names and times only: a content id or a part is no news to it.
		const isClassicNews = removed.length > 0 || added.some(({name, mtime}) => this.#toldTimes.get(name) !== mtime);
		if (this.#version === undefined || isClassicNews) {
			// It knows one way to tell: another Init. It can not take a name back.
			this.#hasNews = true;
			this.#sendNews();
		}
	}

	/** Say goodbye, so that nobody has to wait for our silence to be noticed. */
	async bye(): Promise<void> {
		const socket = this.#socket;
		if (!socket || socket.destroyed || this.#version !== 2) {
			return;
		}

		await new Promise<void>(resolve => {
			const line = this.#encoded({type: 'bye'});
			socket.end(line, resolve);
			setTimeout(resolve, byeTimeoutMs).unref();
		});
	}

	#send(message: JsonObject): void {
		if (this.#socket?.writable) {
			this.#socket.write(this.#encoded(message));
		}
	}

	/** The line that is about to be sent. */
	#encoded(message: JsonObject): string {
		const line = encodeLine(message);
		this.#see('out', () => describeControl('peer', message, bytesOf(line)));
		return line;
	}

	#see(direction: WireMessage['direction'], describe: () => WireDescription): void {
		this.#options.wire?.see(() => ({
			plane: 'control',
			end: 'peer',
			direction,
			remote: this.#remote ?? formatAddress(this.#options.address),
			party: 'tracker',
			...describe(),
		}));
	}

	/** Send what asks for an answer. */
	#ask(message: JsonObject): void {
		this.#askedAtMs = performance.now();
		this.#answerTimer = setTimeout(
			() => this.#socket?.destroy(new PeerError('did not answer')),
			this.#version === 2 ? limits.trackerAnswerTimeoutMs : limits.classicAnswerTimeoutMs,
		);
		this.#send(message);
	}

	#sendInit(): void {
		const {name, isObserver} = this.#options;
		const files = [...this.#options.files()];
		// A visitor that serves nothing may have no port, but every Init has one.
		const port = this.#options.port || discardPort;
		this.#hasNews = false;
		this.#toldTimes = new Map(files.map(file => [file.name, file.mtime]));
		this.#ask(wireInit({port, name, isObserver, files, parts: this.#options.parts()}));
	}

	#sendNews(): void {
		if (this.#hasNews && this.#version === 1 && this.#askedAtMs === undefined) {
			this.#sendInit();
		}
	}

	#keepAlive(): void {
		const {port} = this.#options;
		if (this.#askedAtMs === undefined) {
			this.#ask(this.#version === 2 ? {type: 'keep-alive', revision: this.#revision} : {port});
		}
	}

	#handle(message: TrackerMessage): void {
		if (message.type === 'directory' || message.type === 'snapshot' || message.type === 'keep-alive') {
			this.#answered(message);
		}

		if ('revision' in message && message.revision !== undefined) {
			this.#revision = message.revision;
		}

		this.#options.onMessage(message);
	}

	#answered(message: TrackerMessage): void {
		if (message.type !== 'snapshot' && this.#askedAtMs !== undefined) {
			this.rttMs = performance.now() - this.#askedAtMs;
		}

		this.#askedAtMs = undefined;
		clearTimeout(this.#answerTimer);
		if (!this.#version) {
			this.#version = message.type === 'directory' ? 1 : 2;
			this.#backoff.reset();
			if (this.#version === 2) {
				this.#toldTimes.clear();
			}

			this.#options.onStatus({state: 'connected', version: this.#version});
			if (this.#version === 2 && this.#hasNews) {
				this.#sendInit();
				return;
			}
		}

		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => {
			this.#keepAlive();
		}, limits.keepAliveMs);
		this.#sendNews();
	}

	#lost(problem: unknown): void {
		const {signal, onStatus, address} = this.#options;
		clearTimeout(this.#timer);
		clearTimeout(this.#answerTimer);
		if (signal.aborted) {
			return;
		}

		const retryInMs = this.#backoff.nextMs();
		const reason = `Tracker ${formatAddress(address)} ${reasonOf(problem)}`;
		onStatus({state: 'lost', retryInMs, reason});
		this.#timer = setTimeout(() => {
			this.start();
		}, retryInMs);
	}
}
