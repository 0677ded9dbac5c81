import {type Buffer} from 'node:buffer';
import {once} from 'node:events';
import {connect as connectSocket, type Socket, type TcpNetConnectOpts} from 'node:net';
import {onTestFinished} from 'vitest';
import {Tracker, type TrackerEvent, type TrackerOptions} from '../../tracker/server.js';
import {until} from '../wait.js';

export type Message = Record<string, unknown>;

/** A tracker on a free port that goes away with the test. */
export async function startTracker(options: Partial<TrackerOptions> = {}) {
	const events: TrackerEvent[] = [];
	const tracker = new Tracker({
		host: '127.0.0.1',
		port: 0,
		onEvent(event) {
			events.push(event);
		},
		...options,
	});
	const {port} = await tracker.listen();
	onTestFinished(async () => tracker.close());
	return {tracker, port, events};
}

/** The other end of a tracker's connection: writes what it is told to, keeps each line it gets. */
export class Client {
	/** All text so far. */
	text = '';
	isClosed = false;
	readonly socket: Socket;
	#taken = 0;

	constructor(socket: Socket) {
		this.socket = socket;
		socket.setEncoding('utf8');
		socket.on('data', (text: string) => {
			this.text += text;
		});
		socket.on('error', () => {});
		socket.on('close', () => {
			this.isClosed = true;
		});
	}

	/** The complete lines so far, as a plain JSON parser reads them. */
	get messages(): Message[] {
		return this.text
			.split('\n')
			.slice(0, -1)
			.map(line => JSON.parse(line) as Message);
	}

	write(text: string | Buffer): void {
		this.socket.write(text);
	}

	send(message: Message): void {
		this.write(`${JSON.stringify(message)}\n`);
	}

	/** The next message that was not taken yet. */
	async next(): Promise<Message> {
		const index = this.#taken++;
		await until(`message ${index}`, () => this.messages.length > index || this.isClosed);
		const message = this.messages[index];
		if (!message) {
			throw new Error(`Expected message ${index}, got the end of the connection`);
		}

		return message;
	}

	async ask(message: Message): Promise<Message> {
		this.send(message);
		return this.next();
	}

	/** Close the connection without a word. */
	async leave(): Promise<void> {
		this.socket.destroy();
		await until('the close', () => this.isClosed);
	}

	async closed(): Promise<void> {
		await until('the tracker to close the connection', () => this.isClosed);
	}
}

export async function connect(port: number, options: Partial<TcpNetConnectOpts> = {}): Promise<Client> {
	const socket = connectSocket({host: '127.0.0.1', port, ...options});
	onTestFinished(() => {
		socket.destroy();
	});
	const client = new Client(socket);
	await once(socket, 'connect');
	return client;
}

/** A version 2 Init. */
export const init2 = (port: number, more: Message = {}): Message => ({
	port,
	files: [],
	version: 2,
	name: `peer ${port}`,
	...more,
});

/** Somebody who sees all that is pushed and is not listed. */
export async function observe(port: number): Promise<Client> {
	const client = await connect(port);
	await client.ask(init2(9, {observer: true}));
	return client;
}
