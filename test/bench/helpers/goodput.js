/*
Plain TCP from one host to another, in processes of their own, to know what a link really carries.
As a program: goodput.js send HOST PORT BYTES sends to whoever connects, goodput.js receive HOST PORT prints its bytes a second.
*/
import {Buffer} from 'node:buffer';
import {once} from 'node:events';
import {connect, createServer} from 'node:net';
import {performance} from 'node:perf_hooks';
import process from 'node:process';
import {Readable} from 'node:stream';
import {fileURLToPath} from 'node:url';
import {mebi} from './files.js';
import {run, start, stop} from './programs.js';

const program = fileURLToPath(import.meta.url);
const port = 9000;

/** What one connection carries from one host to another, in bytes a second. */
export async function goodputOf(from, to, bytes) {
	const command = [...from.through, process.execPath, program, 'send', from.address, String(port), String(bytes)];
	const sender = start(command[0], command.slice(1), {stdio: ['ignore', 'pipe', 'inherit']});
	await once(sender.stdout, 'data');
	try {
		const [through, ...words] = to.through;
		return Number(await run(through, [...words, process.execPath, program, 'receive', from.address, String(port)]));
	} finally {
		await stop(sender);
	}
}

if (process.argv[1] === program) {
	const [what, host, port, bytes] = process.argv.slice(2);
	if (what === 'send') {
		const block = Buffer.alloc(mebi / 4);
		const blocks = Array.from({length: Math.ceil(Number(bytes) / block.length)}, () => block);
		const server = createServer(socket => {
			Readable.from(blocks).pipe(socket);
		});
		server.listen(Number(port), host);
		await once(server, 'listening');
		console.log('ready');
	} else {
		const socket = connect({host, port: Number(port)});
		await once(socket, 'connect');
		const startMs = performance.now();
		let received = 0;
		socket.on('data', chunk => {
			received += chunk.length;
		});
		await once(socket, 'end');
		console.log((received / (performance.now() - startMs)) * 1000);
	}
}
