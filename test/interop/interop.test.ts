import {readdir, readFile, rm} from 'node:fs/promises';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import type {Address} from '../../source/protocol/address.js';
import {temporaryFolder, until} from '../wait.js';
import {arrived, copyTo, expectFile, mtimeOf, mebi, namesIn, oddFiles, someTime, write, writeAll} from './files.js';
import {ourPeer, ourTracker, theirPeer, theirTracker, type Dialect} from './parties.js';
import {hasPython} from './python-program.js';
import {directoryOf, failedDownloads, localNames, messagesTo, theirsHas, trackerStates} from './what-happened.js';

if (!hasPython) {
	console.log('Skipping test/interop: there is no python3 on this machine');
}

const dialects: Dialect[] = ['framed', 'unframed'];

type TrackerKind = 'our tracker' | 'their tracker';

const rooms: Array<[TrackerKind, Dialect]> = [
	['our tracker', 'framed'],
	['our tracker', 'unframed'],
	['their tracker', 'framed'],
	['their tracker', 'unframed'],
];

async function anyTracker(kind: TrackerKind, dialect: Dialect): Promise<Address> {
	if (kind === 'our tracker') {
		return ourTracker();
	}

	const {address} = await theirTracker(dialect);
	return address;
}

describe.skipIf(!hasPython)('class programs', () => {
	describe.each(rooms)('with %s, %s', (kind, dialect) => {
		test('files of all sizes and names go both ways, with their times', async () => {
			const [ourDir, theirDir] = [await temporaryFolder(), await temporaryFolder()];
			const ours = await writeAll(ourDir, oddFiles('ours'));
			const theirs = await writeAll(theirDir, oddFiles('theirs'));
			const tracker = await anyTracker(kind, dialect);
			const {program} = await theirPeer(tracker, theirDir, dialect);
			await ourPeer(tracker, ourDir);

			for (const file of theirs) {
				await arrived(ourDir, file);
			}

			await theirsHas(program, theirDir, ours);
		});

		test('a newer version replaces an older one on both sides, and ours keeps the old one', async () => {
			const [ourDir, theirDir] = [await temporaryFolder(), await temporaryFolder()];
			const old = await write(ourDir, 'theirs is newer.txt', 300, someTime);
			const newer = await write(theirDir, 'theirs is newer.txt', 200, someTime + 1);
			await write(theirDir, 'ours is newer.txt', 300, someTime);
			const ours = await write(ourDir, 'ours is newer.txt', 20_000, someTime + 1);
			const tracker = await anyTracker(kind, dialect);
			const {program} = await theirPeer(tracker, theirDir, dialect);
			await ourPeer(tracker, ourDir);

			await arrived(ourDir, newer);
			await theirsHas(program, theirDir, [ours]);
			await expectFile(ourDir, ours);
			const versions = path.join(ourDir, '.p2p-tui', 'versions');
			const kept = await readdir(versions);
			expect(kept).toEqual([expect.stringMatching(/^theirs is newer~.*\.txt$/)]);
			const keptBytes = await readFile(path.join(versions, kept[0]!));
			expect(keptBytes.equals(old.bytes)).toBe(true);
		});

		test('our nested files never appear to a classic peer', async () => {
			const [ourDir, theirDir] = [await temporaryFolder(), await temporaryFolder()];
			const plain = await write(ourDir, 'plain.txt', 10);
			await write(ourDir, 'folder/nested.txt', 10);
			await write(ourDir, 'folder/deeper/nested.txt', 10);
			const tracker = await anyTracker(kind, dialect);
			const {program} = await theirPeer(tracker, theirDir, dialect);
			await ourPeer(tracker, ourDir);

			await theirsHas(program, theirDir, [plain]);
			expect(program.lines.join('\n')).not.toContain('nested');
			expect(await namesIn(theirDir)).toEqual(['plain.txt']);
		});
	});

	describe.each(dialects)('%s', dialect => {
		test('64 MiB go both ways', async () => {
			const [ourDir, theirDir] = [await temporaryFolder(), await temporaryFolder()];
			const ours = await write(ourDir, 'ours.iso', 64 * mebi);
			const theirs = await write(theirDir, 'theirs.iso', 64 * mebi);
			const tracker = await ourTracker();
			const {program} = await theirPeer(tracker, theirDir, dialect);
			await ourPeer(tracker, ourDir);

			await arrived(ourDir, theirs);
			await theirsHas(program, theirDir, [ours]);
		});

		test('our peer skips a dead address in the directory of a classic tracker and fetches the rest', async () => {
			const [ourDir, deadDir, theirDir] = [await temporaryFolder(), await temporaryFolder(), await temporaryFolder()];
			// More of them than our peer fetches at once.
			const lost = await writeAll(
				deadDir,
				Array.from({length: 5}, (_, index) => [`dead ${index}.txt`, 10]),
			);
			const {address} = await theirTracker(dialect);
			const dead = await theirPeer(address, deadDir, dialect);
			await dead.program.kill();
			const theirs = await write(theirDir, 'theirs.txt', 10);
			await theirPeer(address, theirDir, dialect);
			const ours = await ourPeer(address, ourDir);

			await arrived(ourDir, theirs);
			await until('the end of the dead downloads', () => new Set(failedDownloads(ours)).size === lost.length);
			expect(await namesIn(ourDir)).toEqual(['theirs.txt']);
		});

		test('a classic peer skips a dead address in the directory of our tracker and fetches the rest', async () => {
			const [ourDir, deadDir, theirDir] = [await temporaryFolder(), await temporaryFolder(), await temporaryFolder()];
			await write(deadDir, 'dead.txt', 10);
			const ours = await write(ourDir, 'ours.txt', 10);
			const tracker = await ourTracker({graceMs: 60_000});
			const dead = await theirPeer(tracker, deadDir, dialect);
			await dead.program.kill();
			const {program} = await theirPeer(tracker, theirDir, dialect);
			await program.said(/^failed dead\.txt/);
			await ourPeer(tracker, ourDir, {isSyncing: false});

			await theirsHas(program, theirDir, [ours]);
			expect(await namesIn(theirDir)).toEqual(['ours.txt']);
		});

		test('a classic peer fetches a name of ours that begins like an HTTP request', async () => {
			const [ourDir, theirDir] = [await temporaryFolder(), await temporaryFolder()];
			const ours = await writeAll(ourDir, [
				['GET', 10],
				['GET started.txt', 11],
				['TODO *urgent*.txt', 12],
			]);
			const tracker = await ourTracker();
			const {program} = await theirPeer(tracker, theirDir, dialect);
			await ourPeer(tracker, ourDir);

			await theirsHas(program, theirDir, ours);
		});

		test('our peer comes back to a classic tracker that was killed and started again, and announces anew', async () => {
			const [ourDir, theirDir] = [await temporaryFolder(), await temporaryFolder()];
			const before = await write(ourDir, 'before.txt', 10);
			const {address, program: firstTracker} = await theirTracker(dialect);
			const ours = await ourPeer(address, ourDir);
			await until('the connection', () => trackerStates(ours).includes('connected'));
			await firstTracker.kill();
			await until('the loss', () => trackerStates(ours).includes('lost'));
			const meanwhile = await write(ourDir, 'meanwhile.txt', 10);
			await until('the news of our folder', () => localNames(ours).includes('meanwhile.txt'));

			const {program: secondTracker} = await theirTracker(dialect, {
				port: address.port,
			});
			await secondTracker.said(/^message .*meanwhile\.txt/);
			expect(messagesTo(secondTracker)[0]).toEqual(
				expect.objectContaining({
					files: expect.arrayContaining([
						expect.objectContaining({name: 'before.txt', mtime: someTime}),
						expect.objectContaining({name: 'meanwhile.txt', mtime: someTime}),
					]) as unknown,
				}),
			);
			const {program} = await theirPeer(address, theirDir, dialect);
			await theirsHas(program, theirDir, [before, meanwhile]);
		});

		test('a classic tracker gets only messages with a port, and never a second one before its answer', async () => {
			const ourDir = await temporaryFolder();
			await write(ourDir, 'first.txt', 10);
			const {address, program} = await theirTracker(dialect, {
				options: ['--answer-delay', '0.5'],
			});
			await ourPeer(address, ourDir);
			await program.said(/^message /);
			await write(ourDir, 'second.txt', 10);
			await program.said(/^message .*second\.txt/);
			await write(ourDir, 'third.txt', 10);
			await program.said(/^message .*third\.txt/);

			const messages = messagesTo(program);
			expect(messages[0]?.files).toEqual([expect.objectContaining({name: 'first.txt', mtime: someTime})]);
			const ports = new Set(messages.map(({port}) => port));
			expect([...ports]).toEqual([expect.any(Number)]);
			expect(program.lines).not.toContain('early');
			expect(program.lines.join('\n')).not.toContain('closed');
		});
	});

	test('our keep-alive to a classic tracker is the port and nothing else', async () => {
		const {address, program} = await theirTracker('framed');
		await ourPeer(address, await temporaryFolder());
		await until('two messages', () => messagesTo(program).length >= 2);

		const [init, keepAlive] = messagesTo(program);
		expect(keepAlive).toEqual({port: init!.port});
	});

	test('our peer fetches a file as soon as its holder is back, though the directory has never changed', async () => {
		const [ourDir, theirDir] = [await temporaryFolder(), await temporaryFolder()];
		const theirs = await write(theirDir, 'theirs.txt', 10);
		const {address} = await theirTracker('framed');
		const first = await theirPeer(address, theirDir, 'framed');
		await first.program.kill();
		const ours = await ourPeer(address, ourDir);
		await until('a failed download', () => failedDownloads(ours).length > 0);

		await theirPeer(address, theirDir, 'framed', {port: first.port});
		await arrived(ourDir, theirs, 12_000);
	});

	test('two class peers of different dialects and ours share one room of our tracker', async () => {
		const [ourDir, framedDir, unframedDir] = [
			await temporaryFolder(),
			await temporaryFolder(),
			await temporaryFolder(),
		];
		const ours = await write(ourDir, 'ours.txt', 9000);
		const framedFile = await write(framedDir, 'framed.txt', 9000);
		const unframedFile = await write(unframedDir, 'unframed.txt', 9000);
		const tracker = await ourTracker();
		// The two can not read each other: an unframed question is never answered by a framed peer.
		const options = ['--timeout', '0.5'];
		const framed = await theirPeer(tracker, framedDir, 'framed', {options});
		const unframed = await theirPeer(tracker, unframedDir, 'unframed', {
			options,
		});
		await ourPeer(tracker, ourDir);

		await arrived(ourDir, framedFile);
		await arrived(ourDir, unframedFile);
		await theirsHas(framed.program, framedDir, [ours]);
		await theirsHas(unframed.program, unframedDir, [ours]);
		const late = await write(ourDir, 'late.txt', 100);
		await theirsHas(framed.program, framedDir, [late]);
		await theirsHas(unframed.program, unframedDir, [late]);

		for (const {program} of [framed, unframed]) {
			expect(program.lines).not.toContain('unasked');
			const entries = directoryOf(program);
			expect(Object.keys(entries).toSorted()).toEqual(['framed.txt', 'late.txt', 'ours.txt', 'unframed.txt']);
			for (const entry of Object.values(entries)) {
				expect(Object.keys(entry).toSorted()).toEqual(['ip', 'mtime', 'port']);
			}
		}
	});

	test('an older program that reads once keeps a part, and the next one still gets the whole file', async () => {
		const [ourDir, onceDir, wholeDir] = [await temporaryFolder(), await temporaryFolder(), await temporaryFolder()];
		const ours = await write(ourDir, 'ours.bin', mebi + 1);
		const tracker = await ourTracker();
		await ourPeer(tracker, ourDir);
		const once = await theirPeer(tracker, onceDir, 'unframed', {
			options: ['--single-recv'],
		});
		await once.program.fetched('ours.bin');
		const part = await readFile(path.join(onceDir, 'ours.bin'));
		expect(part.length).toBeGreaterThan(0);
		expect(part.length).toBeLessThanOrEqual(8192);
		expect(part.equals(ours.bytes.subarray(0, part.length))).toBe(true);

		const whole = await theirPeer(tracker, wholeDir, 'unframed');
		await theirsHas(whole.program, wholeDir, [ours]);
	});

	test('our peer takes bare bytes for the answer of an unframed program that reads our newline as white space', async () => {
		const [ourDir, theirDir] = [await temporaryFolder(), await temporaryFolder()];
		const theirs = await writeAll(theirDir, oddFiles('theirs'));
		const tracker = await ourTracker();
		await theirPeer(tracker, theirDir, 'unframed', {options: ['--strip']});
		await ourPeer(tracker, ourDir);

		for (const file of theirs) {
			await arrived(ourDir, file);
		}
	});

	test.each([
		['framed', 'unframed'],
		['unframed', 'framed'],
	] as Array<[Dialect, Dialect]>)(
		'our peer asks anew when the port of a %s peer now belongs to one that is %s',
		async (former, latter) => {
			const [ourDir, formerDir, latterDir] = [
				await temporaryFolder(),
				await temporaryFolder(),
				await temporaryFolder(),
			];
			const first = await write(formerDir, 'first.txt', 100);
			const second = await write(latterDir, 'second.txt', 100);
			const tracker = await ourTracker();
			const {core} = await ourPeer(tracker, ourDir);
			const {program, port} = await theirPeer(tracker, formerDir, former);
			await arrived(ourDir, first);
			await program.kill();
			await until('its leaving', () => core.peers.length === 0);

			await theirPeer(tracker, latterDir, latter, {port});
			await arrived(ourDir, second);
		},
	);

	test('a framed peer that is killed in the middle of a transfer leaves no half file in our share', async () => {
		const [ourDir, theirDir] = [await temporaryFolder(), await temporaryFolder()];
		await write(theirDir, 'half.bin', mebi);
		const {address} = await theirTracker('framed');
		const {program} = await theirPeer(address, theirDir, 'framed', {
			options: ['--stall-after', '300000'],
		});
		const ours = await ourPeer(address, ourDir);
		await program.said('stalled half.bin');
		await until('the first half', () => ours.core.sample().running.some(({bytes}) => bytes === 300_000));
		expect(await namesIn(ourDir)).toEqual([]);
		await program.kill();

		await until('the failure', () => failedDownloads(ours).includes('half.bin'));
		expect(await namesIn(ourDir)).toEqual([]);
		expect(await mtimeOf(ourDir, 'half.bin')).toBeUndefined();
	});

	test('what an unframed peer has left when it was killed is completed by one of ours, who tells the size', async () => {
		const [theirDir, ourDir, otherDir] = [await temporaryFolder(), await temporaryFolder(), await temporaryFolder()];
		const file = await write(ourDir, 'whole.bin', mebi);
		const tracker = await ourTracker();
		await copyTo(theirDir, file);
		const {program} = await theirPeer(tracker, theirDir, 'unframed', {
			options: ['--stall-after', '300000'],
		});
		const other = await ourPeer(tracker, otherDir, {name: 'other'});
		await program.said('stalled whole.bin');
		await until('the first half', () => other.core.sample().running.some(({bytes}) => bytes === 300_000));
		// One of ours that were there from the beginning would have been asked alone: it tells the size, and soon the content.
		await ourPeer(tracker, ourDir);
		await until('the second source', () => other.core.remoteFiles.some(({sources}) => sources.length === 2));
		await program.kill();

		await arrived(otherDir, file);
	});

	test.each(dialects)(
		'a peer (%s) that dies with our question unread leaves no empty file in our share',
		async dialect => {
			const [ourDir, theirDir] = [await temporaryFolder(), await temporaryFolder()];
			const first = await write(theirDir, 'first.txt', 100);
			await write(theirDir, 'second.txt', 100);
			const {address} = await theirTracker(dialect);
			await theirPeer(address, theirDir, dialect, {
				options: ['--die-when-asked', 'second.txt'],
			});
			const ours = await ourPeer(address, ourDir, {isSyncing: false});
			await ours.core.directoryReady();
			ours.core.request(['first.txt']);
			await arrived(ourDir, first);

			ours.core.request(['second.txt']);
			await until('the end of the download', () => ours.core.activeDownloads === 0);
			expect(failedDownloads(ours)).toEqual(['second.txt']);
			expect(await namesIn(ourDir)).toEqual(['first.txt']);
		},
	);

	test('files that are gone at a framed peer do not hold the others up', async () => {
		const [ourDir, theirDir] = [await temporaryFolder(), await temporaryFolder()];
		// As many as our peer fetches at once, and first in the directory.
		const gone = await writeAll(theirDir, [
			['a.txt', 10],
			['b.txt', 10],
			['c.txt', 10],
		]);
		const there = await write(theirDir, 'd.txt', 10);
		const {address} = await theirTracker('framed');
		await theirPeer(address, theirDir, 'framed');
		for (const {name} of gone) {
			await rm(path.join(theirDir, name));
		}

		await ourPeer(address, ourDir);
		await arrived(ourDir, there);
	});
});
