import {Buffer} from 'node:buffer';
import {appendFile, readFile, rename, rm, truncate} from 'node:fs/promises';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {limits} from '../../source/protocol/limits.js';
import {pieceBytesOf, pieceCountOf} from '../../source/protocol/merkle.js';
import {temporaryFolder, until} from '../wait.js';
import {changeLimits} from './change-limits.js';
import {startClassicPeer} from './classic-peer.js';
import {contentIdOf, spoiled, startContentPeer, type AskedContent} from './content-peer.js';
import {bigName, blames, bytesHere, isHere, knowsContent, megabyte, startSeeder} from './contents.js';
import {contentOf, noise, oldTime, put} from './files.js';
import {startPeer, startTracker, type TestPeer} from './peers.js';
import {join} from './scripted-peer.js';

const name = bigName;

describe('a source that lies', () => {
	test('is dropped and named, the file is right, and nobody else is blamed', async () => {
		const {address} = await startTracker();
		const content = noise(6 * megabyte);
		const seeders = [
			await startSeeder(address, content, {name: 'ada'}),
			await startSeeder(address, content, {name: 'bob'}),
		];
		const liar = await startContentPeer(address, {
			name: 'mallory',
			content,
			answer({part, start, end, honest}) {
				honest(part === 'bytes' ? spoiled(content.subarray(start, end)) : undefined);
			},
		});
		const peer = await startPeer(address);
		await knowsContent(peer, liar.root, 3);
		expect(await peer.fetch(name, 3)).toMatchObject({state: 'done'});
		expect(await isHere(peer, content)).toBe(true);
		expect(blames(peer, 'mallory')).toHaveLength(1);
		expect(blames(peer, 'mallory')[0]).toContain('wrong piece');
		expect([...blames(peer, 'ada'), ...blames(peer, 'bob')]).toEqual([]);
		const last = liar.asked.length;
		expect(seeders.every(seeder => seeder.core.sample().upBytes > 0)).toBe(true);
		expect(liar.asked).toHaveLength(last);
	});

	test('now and then is found out all the same, and its good pieces count', async () => {
		const {address} = await startTracker();
		const content = noise(2 * megabyte);
		const pieceBytes = pieceBytesOf(content.length);
		const liar = await startContentPeer(address, {
			name: 'mallory',
			content,
			answer({part, start, end, honest}) {
				const body = Uint8Array.from(content.subarray(start, end));
				for (let at = pieceBytes; at < body.length; at += 2 * pieceBytes) {
					body[at]! ^= 1;
				}

				honest(part === 'bytes' ? body : undefined);
			},
		});
		const peer = await startPeer(address);
		await knowsContent(peer, liar.root);
		const {error} = await peer.fetch(name);
		expect(error).toContain('mallory sent wrong bytes');
		expect(blames(peer, 'mallory sent a wrong piece')).toHaveLength(1);
		// The ones before the wrong one are not asked for again; where a download begins is left to chance.
		const honest = await startContentPeer(address, {name: 'ada', content});
		await until('the whole file', async () => isHere(peer, content));
		expect(new Set(honest.sent).size).toBeLessThan(pieceCountOf(content.length));
		expect(blames(peer, 'ada')).toEqual([]);
	});

	test('about the hashes of the pieces is dropped and named, and the next is asked', async () => {
		const {address} = await startTracker();
		const content = noise(megabyte);
		const forged = contentIdOf(spoiled(content)).layer;
		const liars = await Promise.all(
			['mallory', 'oscar', 'trudy'].map(async liar =>
				startContentPeer(address, {
					name: liar,
					content,
					answer({part, honest}) {
						honest(part === 'layer' ? forged : undefined);
					},
				}),
			),
		);
		await startSeeder(address, content, {name: 'ada'});
		const peer = await startPeer(address);
		await knowsContent(peer, liars[0]!.root, 4);
		expect(await peer.fetch(name, 4)).toMatchObject({state: 'done'});
		expect(await isHere(peer, content)).toBe(true);
		for (const [index, liar] of ['mallory', 'oscar', 'trudy'].entries()) {
			const isAsked = liars[index]!.asked.some(({part}) => part === 'layer');
			expect(blames(peer, `${liar} sent a forged piece layer`)).toHaveLength(isAsked ? 1 : 0);
			expect(liars[index]!.asked.some(({part}) => part === 'bytes' && isAsked)).toBe(false);
		}

		expect(blames(peer, 'ada')).toEqual([]);
	});

	test('about the size of a content does not keep others from giving it', async () => {
		const {address} = await startTracker();
		const content = noise(megabyte);
		const liar = await startContentPeer(address, {name: 'mallory', content, lie: {size: megabyte - 77_777}});
		await startSeeder(address, content, {name: 'ada'});
		await startSeeder(address, content, {name: 'bob'});
		const peer = await startPeer(address);
		await knowsContent(peer, liar.root, 3);
		expect(await peer.fetch(name, 3)).toMatchObject({state: 'done'});
		expect(await isHere(peer, content)).toBe(true);
		expect([...blames(peer, 'ada'), ...blames(peer, 'bob')]).toEqual([]);
	});

	test('about having pieces is asked for no more, and the others give them', async () => {
		const {address} = await startTracker();
		const content = noise(megabyte);
		const liar = await startContentPeer(address, {
			name: 'mallory',
			content,
			have: '0-63',
			answer({part, response, honest}) {
				if (part === 'bytes') {
					response.writeHead(416, {'content-length': 0}).end();
				} else {
					honest();
				}
			},
		});
		await startContentPeer(address, {name: 'ada', content, bytesPerSecond: 2 * megabyte});
		const peer = await startPeer(address);
		await knowsContent(peer, liar.root);
		expect(await peer.fetch(name)).toMatchObject({state: 'done'});
		expect(await isHere(peer, content)).toBe(true);
	});
});

describe('a source that fails', () => {
	test('by going silent in the middle has its work done by others', async () => {
		changeLimits({sourceStallMs: 600});
		const {address} = await startTracker();
		const content = noise(4 * megabyte);
		const silent = await startContentPeer(address, {
			name: 'mallory',
			content,
			answer({part, start, end, response, honest}) {
				if (part !== 'bytes') {
					honest();
					return;
				}

				response.writeHead(206, {
					'content-length': end - start,
					'content-range': `bytes ${start}-${end - 1}/${content.length}`,
				});
				response.write(content.subarray(start, start + 100_000));
			},
		});
		await startContentPeer(address, {name: 'ada', content, bytesPerSecond: 3 * megabyte});
		const peer = await startPeer(address);
		await knowsContent(peer, silent.root, 2);
		const begin = Date.now();
		expect(await peer.fetch(name, 2)).toMatchObject({state: 'done'});
		expect(await isHere(peer, content)).toBe(true);
		expect(silent.asked.some(({part}) => part === 'bytes')).toBe(true);
		expect(Date.now() - begin).toBeLessThan(6000);
	});

	const reply =
		(status: number, body: string, headers: Record<string, string | number> = {}) =>
		(asked: AskedContent) => {
			asked.response.writeHead(status, {'content-length': Buffer.byteLength(body), ...headers});
			asked.response.end(body);
		};

	const raw = (text: string) => (asked: AskedContent) => {
		asked.response.socket?.end(text);
	};

	const cut = (asked: AskedContent) => {
		asked.response.writeHead(206, {
			'content-length': asked.end - asked.start,
			'content-range': `bytes ${asked.start}-${asked.end - 1}/${2 * megabyte}`,
		});
		asked.response.write(new Uint8Array(noise(20_000)), () => {
			asked.response.socket?.resetAndDestroy();
		});
	};

	const failures: Record<string, (asked: AskedContent) => void> = {
		'404': reply(404, 'No such content is shared here\n'),
		'416': reply(416, 'These bytes are not here\n', {'content-range': 'bytes */5'}),
		'500': reply(500, 'Oh no\n'),
		'a page': reply(200, '<!doctype html><title>Log in</title>', {'content-type': 'text/html'}),
		'a long page': reply(404, `<!doctype html>${'<p>Log in</p>'.repeat(2000)}`),
		'a redirect': reply(302, '', {location: 'http://127.0.0.1:1/'}),
		garbage: raw('\u0000\u0001garbage garbage\r\n\r\n'),
		'a head without an end': raw(`HTTP/1.1 206 Partial Content\r\n${'x: y\r\n'.repeat(3000)}`),
		chunks: raw('HTTP/1.1 206 Partial Content\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n'),
		'a length of 2^63': raw('HTTP/1.1 206 Partial Content\r\ncontent-length: 9223372036854775808\r\n\r\n'),
		'other bytes': reply(206, 'x'.repeat(16 * 1024), {'content-range': `bytes 16384-32767/${2 * megabyte}`}),
		'nothing at all': asked => asked.response.socket?.destroy(),
		'a reset in the middle of a piece': cut,
	};

	test.each(Object.keys(failures))('by answering with %s does not keep others from giving the file', async kind => {
		const {address} = await startTracker();
		const content = noise(2 * megabyte);
		const failing = await startContentPeer(address, {name: 'mallory', content, answer: failures[kind]!});
		await startContentPeer(address, {name: 'ada', content, bytesPerSecond: 8 * megabyte});
		const peer = await startPeer(address);
		await knowsContent(peer, failing.root, 2);
		expect(await peer.fetch(name, 2)).toMatchObject({state: 'done', error: undefined});
		expect(await isHere(peer, content)).toBe(true);
		expect(blames(peer, 'ada')).toEqual([]);
		expect(failing.asked.length).toBeGreaterThan(0);
	});

	test('at the layer alone, in every way, does not keep others from giving it', async () => {
		changeLimits({sourceStallMs: 300});
		const {address} = await startTracker();
		const content = noise(megabyte);
		const answers = [...Object.values(failures), () => {}];
		const {root} = contentIdOf(content);
		for (const [index, fail] of answers.entries()) {
			await startContentPeer(address, {
				name: `mallory${index}`,
				content,
				answer(asked) {
					if (asked.part === 'layer') {
						fail(asked);
					} else {
						asked.honest();
					}
				},
			});
		}

		await startContentPeer(address, {name: 'ada', content});
		const peer = await startPeer(address);
		await knowsContent(peer, root, answers.length + 1);
		expect(await peer.fetch(name, answers.length + 1)).toMatchObject({state: 'done'});
		expect(await isHere(peer, content)).toBe(true);
		expect(blames(peer, 'ada')).toEqual([]);
	});

	test.each([
		['resetting', 100],
		['closing', 0],
	])('by %s again and again after some pieces is asked again, for what is missing alone', async (_, delayMs) => {
		const {address} = await startTracker();
		const content = noise(2 * megabyte);
		const failing = await startContentPeer(address, {
			name: 'mallory',
			content,
			answer({part, start, end, response, honest}) {
				if (part !== 'bytes') {
					honest();
					return;
				}

				response.writeHead(206, {
					'content-length': end - start,
					'content-range': `bytes ${start}-${end - 1}/${content.length}`,
				});
				const sent = Math.min(end, start + 450_000);
				response.write(content.subarray(start, sent), () => {
					if (sent === end) {
						response.end();
					} else if (delayMs > 0) {
						setTimeout(() => response.socket?.resetAndDestroy(), delayMs);
					} else {
						response.socket?.end();
					}
				});
			},
		});
		const peer = await startPeer(address);
		await knowsContent(peer, failing.root);
		expect(await peer.fetch(name)).toMatchObject({state: 'done'});
		expect(await isHere(peer, content)).toBe(true);
		expect(peer.core.sample().downBytes).toBeLessThan(1.2 * content.length);
		expect(blames(peer, 'wrong')).toEqual([]);
	});
});

describe('sources that come and go', () => {
	test('all at once: it goes on by itself when they are back, and fetches nothing twice', async () => {
		const {address} = await startTracker();
		const content = noise(3 * megabyte);
		const source = await startContentPeer(address, {name: 'ada', content, bytesPerSecond: 2 * megabyte});
		const peer = await startPeer(address);
		await knowsContent(peer, source.root);
		peer.core.request([name]);
		await until('a third', () => bytesHere(peer) > megabyte);
		source.leave();
		await until('the failure', () => peer.latest(name)?.state === 'failed');
		const before = peer.latest(name)!.bytes;
		expect(before).toBeGreaterThanOrEqual(megabyte);
		await source.comeBack();
		await until('the whole file', async () => isHere(peer, content));
		const twice = source.sent.length - new Set(source.sent).size;
		expect(twice).toBeLessThanOrEqual(4);
		expect(peer.core.sample().downBytes).toBeLessThanOrEqual(content.length + 5 * pieceBytesOf(content.length));
	});

	test('while it is running: a new one gives pieces, too', async () => {
		const {address} = await startTracker();
		const content = noise(3 * megabyte);
		const slow = await startContentPeer(address, {name: 'ada', content, bytesPerSecond: 512 * 1024});
		const peer = await startPeer(address);
		await knowsContent(peer, slow.root);
		peer.core.request([name]);
		await until('some of it', () => bytesHere(peer) > 200_000);
		await startContentPeer(address, {name: 'bob', content, bytesPerSecond: 4 * megabyte});
		const end = await peer.over(name);
		expect(end).toMatchObject({state: 'done', peer: 'bob, ada'});
		expect(await isHere(peer, content)).toBe(true);
		expect(peer.core.sample().downBytes).toBeLessThan(1.3 * content.length);
	});

	test('under other names for the same content count as one', async () => {
		const {address} = await startTracker();
		const content = noise(3 * megabyte);
		const first = await startContentPeer(address, {name: 'ada', content, bytesPerSecond: 3 * megabyte});
		const other = await startContentPeer(address, {
			name: 'bob',
			content,
			fileName: 'quite another.bin',
			bytesPerSecond: 3 * megabyte,
		});
		const peer = await startPeer(address);
		await knowsContent(peer, first.root, 2);
		expect(await peer.fetch(name)).toMatchObject({state: 'done'});
		expect(await isHere(peer, content)).toBe(true);
		expect(first.bytes).toBeGreaterThan(0);
		expect(other.bytes).toBeGreaterThan(0);
	});

	test('slow at the end are helped out by the fast', async () => {
		const {address} = await startTracker();
		const content = noise(4 * megabyte);
		const slow = await startContentPeer(address, {name: 'ada', content, bytesPerSecond: 60_000});
		await startContentPeer(address, {name: 'bob', content, bytesPerSecond: 4 * megabyte});
		const peer = await startPeer(address);
		await knowsContent(peer, slow.root, 2);
		const begin = Date.now();
		expect(await peer.fetch(name, 2)).toMatchObject({state: 'done'});
		// The slow one alone would take 17 s for the megabyte that it was asked for at first.
		expect(Date.now() - begin).toBeLessThan(6000);
		expect(await isHere(peer, content)).toBe(true);
	});
});

describe('those who fetch at the same time', () => {
	test('get pieces from each other, and both finish when the seeder leaves after one copy', async () => {
		const {address} = await startTracker();
		const content = noise(16 * megabyte);
		const seeder = await startSeeder(address, content, {maxUpBytesPerSecond: 8 * megabyte});
		const {root} = contentIdOf(content);
		const ada = await startPeer(address, {name: 'ada'});
		const bob = await startPeer(address, {name: 'bob'});
		await knowsContent(ada, root);
		await knowsContent(bob, root);
		ada.core.request([name]);
		bob.core.request([name]);
		const mapOf = (peer: TestPeer) => peer.core.pieces(peer.latest(name)?.id ?? 0)?.pieces ?? '';
		await until('each piece at one of them', () => {
			const [one, other] = [mapOf(ada), mapOf(bob)];
			return (
				one !== '' &&
				one.length === other.length &&
				[...one].every((piece, index) => piece === '#' || other[index] === '#')
			);
		});
		const seeded = seeder.core.sample().upBytes;
		await seeder.core.stop();
		expect(await ada.over(name)).toMatchObject({state: 'done'});
		expect(await bob.over(name)).toMatchObject({state: 'done'});
		expect(await isHere(ada, content)).toBe(true);
		expect(await isHere(bob, content)).toBe(true);
		expect(seeded).toBeLessThan(1.35 * content.length);
		expect(ada.core.sample().upBytes + bob.core.sample().upBytes).toBeGreaterThan(0.5 * content.length);
		expect([...blames(ada, 'bob'), ...blames(bob, 'ada')]).toEqual([]);
	});

	test('as fast as the machine can, of a file of many pieces, lose no connection', async () => {
		const {address} = await startTracker();
		const content = noise(31 * megabyte);
		const seeder = await startSeeder(address, content);
		const {root} = contentIdOf(content);
		expect(pieceCountOf(content.length)).toBeGreaterThan(1900);
		const peers = await Promise.all(['ada', 'bob'].map(async each => startPeer(address, {name: each})));
		await Promise.all(peers.map(async peer => knowsContent(peer, root)));
		for (const peer of peers) {
			peer.core.request([name]);
		}

		for (const peer of peers) {
			expect(await peer.over(name)).toMatchObject({state: 'done'});
			expect(await isHere(peer, content)).toBe(true);
			expect(peer.core.sample().downBytes).toBeLessThan(1.5 * content.length);
		}

		expect(seeder.core.sample().upBytes).toBeGreaterThanOrEqual(content.length);
	});
});

test('two names of one content that are fetched at once give others nothing that is not there', async () => {
	const {address} = await startTracker();
	const content = noise(2 * megabyte);
	const seeder = await startSeeder(address, content, {maxUpBytesPerSecond: 2 * megabyte});
	await put(seeder.dir, 'copy.bin', content, oldTime);
	const {root} = contentIdOf(content);
	const ada = await startPeer(address, {name: 'ada', isSyncing: true});
	await until('both names', () => ada.core.sample().running.length === 2);
	const bob = await startPeer(address, {name: 'bob'});
	await knowsContent(bob, root);
	expect(await bob.fetch(name)).toMatchObject({state: 'done'});
	expect(await ada.over(name)).toMatchObject({state: 'done'});
	expect(await ada.over('copy.bin')).toMatchObject({state: 'done'});
	expect(await isHere(ada, content)).toBe(true);
	expect(await isHere(ada, content, 'copy.bin')).toBe(true);
	expect(await isHere(bob, content)).toBe(true);
	expect([...blames(bob, 'ada'), ...blames(bob, 'honest'), ...blames(ada, 'bob')]).toEqual([]);
});

test('a source is asked a bounded number of questions at once, however its pieces lie', async () => {
	const {address} = await startTracker();
	const content = noise(16 * megabyte);
	const waiting = new Set<AskedContent>();
	let most = 0;
	// Every other piece is rarer than its neighbours: no two of them are asked for together.
	const have = Array.from({length: 512}, (_, index) => 2 * index).join(',');
	await startContentPeer(address, {name: 'bob', content, have, bytesPerSecond: 1000});
	const source = await startContentPeer(address, {
		name: 'ada',
		content,
		answer(asked) {
			waiting.add(asked);
			most = Math.max(most, waiting.size);
			asked.response.on('finish', () => waiting.delete(asked));
			asked.honest();
		},
	});
	const peer = await startPeer(address);
	await knowsContent(peer, source.root);
	expect(await peer.fetch(name)).toMatchObject({state: 'done'});
	expect(await isHere(peer, content)).toBe(true);
	expect(most).toBeGreaterThan(10);
	expect(most).toBeLessThanOrEqual(limits.maxAsked);
});

describe('a class program', () => {
	const text = 'All work and no play makes Jack a dull boy. '.repeat(20_000);
	const content = Buffer.from(text);

	/** A peer that has asked for a content whose only other holder, one of ours, has left before it gave any of it. */
	async function askedOfClassic(classicText: string) {
		const {address} = await startTracker();
		const classic = await startClassicPeer(address, 'framed', {[name]: classicText});
		const source = await startContentPeer(address, {
			name: 'ada',
			content,
			bytesPerSecond: 200_000,
		});
		const peer = await startPeer(address);
		await knowsContent(peer, source.root, 2);
		peer.core.request([name]);
		await until('the first pieces', () => bytesHere(peer) > 32 * 1024);
		expect(classic.asked).toEqual([]);
		source.leave();
		return {peer, classic, source};
	}

	test('that alone is left of those who hold a content gives it, verified', async () => {
		const {peer, classic} = await askedOfClassic(text);
		expect(await peer.over(name)).toMatchObject({state: 'done'});
		expect(await isHere(peer, content)).toBe(true);
		expect(classic.asked.length).toBeGreaterThan(0);
	});

	test('that has another file under that name and time is refused', async () => {
		const {peer} = await askedOfClassic(text.replaceAll('dull', 'dumb'));
		await until('the failure', () => peer.latest(name)?.state === 'failed');
		await until('the blame', () => peer.notices.some(notice => /wrong (?:piece|bytes)/.test(notice)));
		expect(await contentOf(peer.dir, name)).toBeUndefined();
	});

	test.each([
		['gives what was asked for before a restart, verified', true],
		['is refused when it has other bytes than what was asked for before a restart', false],
	])('%s', async (_, isRight) => {
		const {address} = await startTracker();
		const {root} = contentIdOf(content);
		const dir = await temporaryFolder();
		const queued = [{key: name, file: {name, mtime: oldTime, size: content.length, root}, isPaused: false}];
		await put(dir, '.p2p-tui/queue.json', JSON.stringify(queued));
		await startClassicPeer(address, 'framed', {[name]: isRight ? text : text.replaceAll('dull', 'dumb')});
		const peer = await startPeer(address, {dir});
		const end = await peer.over(name);
		if (isRight) {
			expect(end.state).toBe('done');
			expect(await isHere(peer, content)).toBe(true);
		} else {
			expect(end).toMatchObject({state: 'failed'});
			expect(end.error).toContain('wrong bytes');
			expect(await contentOf(peer.dir, name)).toBeUndefined();
		}
	});
});

describe('a file that changes at the source while it is fetched', () => {
	const changes: Record<string, (file: string) => Promise<unknown>> = {
		async edited(file) {
			await appendFile(file, 'more');
		},
		async 'cut short'(file) {
			await truncate(file, 300_000);
		},
		async replaced(file) {
			await put(path.dirname(file), 'new.tmp', noise(megabyte, 7), oldTime + 100);
			await rename(path.join(path.dirname(file), 'new.tmp'), file);
		},
		async deleted(file) {
			await rm(file);
		},
	};

	test.each(Object.keys(changes))('(%s) never arrives as a mixture', async kind => {
		const {address} = await startTracker();
		const content = noise(2 * megabyte);
		const seeder = await startSeeder(address, content, {maxUpBytesPerSecond: 2 * megabyte});
		const peer = await startPeer(address, {isSyncing: true});
		await until('a quarter', () => bytesHere(peer) > 400_000);
		const file = path.join(seeder.dir, name);
		await changes[kind]!(file);
		if (kind === 'deleted') {
			await until('the end', () => ['done', 'failed'].includes(peer.latest(name)?.state ?? ''));
		} else {
			// The new version follows by itself.
			const wanted = await readFile(file);
			await until('the new version', async () => isHere(peer, wanted), 20_000);
		}

		const whole = await contentOf(peer.dir, name);
		if (kind === 'deleted' && whole) {
			expect(await isHere(peer, content)).toBe(true);
		}

		await until('nothing to be left', async () => {
			const left = await peer.state('partial');
			return left.length === 0 || kind === 'deleted';
		});
	});
});

test('a source that says it has a part and is nobody does not hold anything up', async () => {
	const {address} = await startTracker();
	const content = noise(megabyte);
	const source = await startContentPeer(address, {name: 'ada', content});
	await join(address, {port: 1, version: 2, name: 'ghost', files: [], parts: [source.root]});
	const peer = await startPeer(address);
	await knowsContent(peer, source.root);
	expect(await peer.fetch(name)).toMatchObject({state: 'done'});
	expect(await isHere(peer, content)).toBe(true);
});
