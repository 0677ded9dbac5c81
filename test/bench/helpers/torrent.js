/*
What BitTorrent programs need to find each other: a version 1 torrent (BEP 3) of one file, and a tracker that answers with a compact list
of peers (BEP 23).
*/
import {Buffer} from 'node:buffer';
import {createHash} from 'node:crypto';
import {once} from 'node:events';
import {open, writeFile} from 'node:fs/promises';
import {createServer} from 'node:http';
import path from 'node:path';
import {onEnd} from './ending.js';

/** Members of an object must be in the order of their names already. */
function bencode(value) {
	if (typeof value === 'number') {
		return Buffer.from(`i${value}e`);
	}

	if (typeof value === 'string' || Buffer.isBuffer(value)) {
		const bytes = Buffer.from(value);
		return Buffer.concat([Buffer.from(`${bytes.length}:`), bytes]);
	}

	return Buffer.concat([
		Buffer.from('d'),
		...Object.entries(value)
			.flat()
			.map(member => bencode(member)),
		Buffer.from('e'),
	]);
}

async function piecesOf(filePath, pieceBytes) {
	const handle = await open(filePath);
	const piece = Buffer.alloc(pieceBytes);
	const hashes = [];
	try {
		for (let at = 0; ; at += pieceBytes) {
			const {bytesRead} = await handle.read(piece, 0, pieceBytes, at);
			if (bytesRead > 0) {
				hashes.push(createHash('sha1').update(piece.subarray(0, bytesRead)).digest());
			}

			if (bytesRead < pieceBytes) {
				return {bytes: at + bytesRead, pieces: Buffer.concat(hashes)};
			}
		}
	} finally {
		await handle.close();
	}
}

/** Write a torrent of the file to `torrentPath`. */
export async function makeTorrent(filePath, {torrentPath, announce, pieceBytes}) {
	const {bytes, pieces} = await piecesOf(filePath, pieceBytes);
	const info = {length: bytes, name: path.basename(filePath), 'piece length': pieceBytes, pieces};
	await writeFile(torrentPath, bencode({announce, info}));
}

/**
Start a tracker for one torrent, until our end. With `expected` it keeps everyone waiting until so many are there, so that all begin at
the same moment, each knowing all of them.

@returns `announce`, its URL, `ready(count)`, which resolves when so many are there, and `close()`.
*/
export async function startAnnounce(host, {expected = 0} = {}) {
	const peers = new Map();
	const waiting = new Set();
	const server = createServer(async (request, response) => {
		const {searchParams} = new URL(request.url, 'http://tracker');
		const ip = request.socket.remoteAddress.replace(/^::ffff:/, '');
		const port = Number(searchParams.get('port'));
		const key = `${ip}:${port}`;
		if (searchParams.get('event') === 'stopped') {
			peers.delete(key);
		} else {
			peers.set(key, Buffer.from([...ip.split('.').map(Number), port >> 8, port & 255]));
			for (const look of waiting) {
				look();
			}

			await ready(expected);
		}

		const others = [...peers].filter(([other]) => other !== key).map(([, compact]) => compact);
		response.end(bencode({interval: 2, 'min interval': 1, peers: Buffer.concat(others)}));
	});

	const ready = async count =>
		new Promise(resolve => {
			const look = () => {
				if (peers.size >= count) {
					waiting.delete(look);
					resolve();
				}
			};

			waiting.add(look);
			look();
		});

	server.listen(0, host);
	await once(server, 'listening');
	const close = () => {
		server.close();
		server.closeAllConnections();
	};

	onEnd(close);
	return {announce: `http://${host}:${server.address().port}/announce`, ready, close};
}
