import {Buffer} from 'node:buffer';
import {once} from 'node:events';
import {request, type IncomingHttpHeaders} from 'node:http';
import {connect, type Socket} from 'node:net';
import {onTestFinished} from 'vitest';
import {until} from '../wait.js';

/** A connection to a port of ours, spoken by hand. */
export class RawConnection {
	readonly socket: Socket;
	isClosed = false;
	readonly #chunks: Buffer[] = [];

	constructor(port: number) {
		this.socket = connect({
			port,
			host: '127.0.0.1',
			noDelay: true,
			allowHalfOpen: true,
		});
		this.socket.on('data', chunk => this.#chunks.push(chunk));
		this.socket.on('error', () => {});
		const closed = () => {
			this.isClosed = true;
		};

		this.socket.on('end', closed).on('close', closed);
		onTestFinished(() => {
			this.socket.destroy();
		});
	}

	get received(): Buffer {
		return Buffer.concat(this.#chunks);
	}

	get text(): string {
		return this.received.toString();
	}

	async opened(): Promise<this> {
		if (this.socket.connecting) {
			await once(this.socket, 'connect');
		}

		return this;
	}

	/** All that is received until the other side closes. */
	async untilClosed(timeoutMs?: number): Promise<Buffer> {
		await until('the other side to close', () => this.isClosed, timeoutMs);
		return this.received;
	}
}

/** Write something to a port and read until the other side closes. */
export async function say(port: number, bytes: string | Uint8Array, {isHalfClosed = false} = {}): Promise<Buffer> {
	const connection = await new RawConnection(port).opened();
	if (isHalfClosed) {
		connection.socket.end(bytes);
	} else {
		connection.socket.write(bytes);
	}

	return connection.untilClosed();
}

export type Answer = {
	status: number;
	headers: IncomingHttpHeaders;
	body: Buffer;
	text: string;
};

/** One HTTP request on a connection of its own; the path is sent as it is. */
export async function ask(
	port: number,
	path: string,
	headers: Record<string, string> = {},
	method = 'GET',
): Promise<Answer> {
	return new Promise((resolve, reject) => {
		const asked = request({host: '127.0.0.1', port, path, headers, method, agent: false}, response => {
			const chunks: Buffer[] = [];
			response.on('data', (chunk: Buffer) => chunks.push(chunk));
			response.on('error', reject);
			response.on('end', () => {
				const body = Buffer.concat(chunks);
				resolve({
					status: response.statusCode ?? 0,
					headers: response.headers,
					body,
					text: body.toString(),
				});
			});
		});
		asked.on('error', reject);
		asked.end();
	});
}
