import {describe, expect, test} from 'vitest';
import type {DownloadOptions, DownloadResult} from '../../source/peer/download.js';
import type {PeerEvent, RemoteFile, Source, Transfer} from '../../source/peer/events.js';
import type {QueuedFile} from '../../source/peer/queue-file.js';
import {Transfers} from '../../source/peer/transfers.js';
import {until} from '../wait.js';

/** A download that runs until the test, or its signal, ends it. */
type Run = {
	name: string;
	mtime: number;
	options: DownloadOptions;
	partial: {bytes: number};
	succeed: (result?: Partial<DownloadResult>) => void;
	fail: (error: Error) => void;
	/** What a signal ends takes a moment to end: the test says when. */
	endAborted: () => void;
	isOver: boolean;
};

const source: Source = {
	key: '2',
	ip: '10.0.0.2',
	port: 8001,
	name: 'source',
	isClassic: false,
	isPartial: false,
};

/** The size that makes a file small here. */
const smallBytes = 1;

const remote = (name: string, mtime = 5): RemoteFile => ({
	key: name,
	name,
	label: name,
	size: 100,
	mtime,
	root: undefined,
	sources: [],
	state: 'missing',
});

function setUp({maxRunning = 2, slowEnd = false} = {}) {
	const runs: Run[] = [];
	const events: PeerEvent[] = [];
	const forgotten: string[] = [];
	const queues: QueuedFile[][] = [];
	const newest = new Map<string, RemoteFile>();
	let endForget: (() => void) | undefined;
	let isForgetSlow = false;
	const transfers = new Transfers({
		maxRunning,
		isSmall: ({size}) => size === smallBytes,
		lookup: name => newest.get(name),
		download: async options =>
			new Promise<DownloadResult>((resolve, reject) => {
				const partial = {bytes: 0};
				const run: Run = {
					name: options.file.name,
					mtime: options.file.mtime,
					options,
					partial,
					isOver: false,
					succeed(result) {
						run.isOver = true;
						resolve({
							bytes: 100,
							hasKeptVersion: false,
							isEmptyGuess: false,
							from: [source],
							...result,
						});
					},
					fail(error) {
						run.isOver = true;
						reject(error);
					},
					endAborted() {
						run.fail(options.signal.reason as Error);
					},
				};
				runs.push(run);
				options.onStart(partial);
				options.onSources([source]);
				if (!slowEnd) {
					options.signal.addEventListener('abort', run.endAborted);
				}
			}),
		async forget(name) {
			forgotten.push(name);
			if (isForgetSlow) {
				await new Promise<void>(resolve => {
					endForget = resolve;
				});
			}
		},
		onQueue(queue) {
			queues.push(queue());
		},
		emit(event) {
			events.push(event);
		},
		onDetail() {},
	});
	const told = () => events.flatMap(event => (event.type === 'transfer' ? [event.transfer] : []));
	return {
		transfers,
		runs,
		events,
		forgotten,
		queues,
		newest,
		slowForget() {
			isForgetSlow = true;
		},
		endForget: () => endForget?.(),
		running: () => runs.filter(({isOver}) => !isOver).map(({name}) => name),
		id: (name: string) => told().findLast(row => row.name === name)!.id,
		latest: (name: string): Transfer | undefined => told().findLast(row => row.name === name),
		notices: () => events.flatMap(event => (event.type === 'notice' ? [event.text] : [])),
		cleared: () => events.flatMap(event => (event.type === 'cleared' ? event.ids : [])),
	};
}

describe('the queue', () => {
	test('runs so many at once, the others in the order they were asked for', async () => {
		const {transfers, runs, running, latest} = setUp();
		for (const name of ['a', 'b', 'c', 'd', 'e']) {
			transfers.request(remote(name));
		}

		expect(running()).toEqual(['a', 'b']);
		expect(latest('c')?.state).toBe('waiting');
		expect(transfers.activeCount).toBe(5);
		runs[1]!.succeed();
		await until('the next', () => runs.length === 3);
		expect(running()).toEqual(['a', 'c']);
		runs[0]!.fail(new Error('no'));
		await until('the next', () => runs.length === 4);
		expect(running()).toEqual(['c', 'd']);
	});

	test('fetches a name once at a time', () => {
		const {transfers, runs} = setUp();
		transfers.request(remote('a'));
		transfers.request(remote('a'));
		expect(runs).toHaveLength(1);
	});

	test('tells each step as a fact', async () => {
		const {transfers, runs, events, latest, notices} = setUp();
		transfers.request(remote('a'));
		runs[0]!.partial.bytes = 60;
		expect(transfers.sample()).toEqual([{id: 1, bytes: 60}]);
		runs[0]!.succeed({hasKeptVersion: true});
		await until('the end', () => latest('a')?.state === 'done');
		expect(
			events.flatMap(event => (event.type === 'transfer' ? [[event.transfer.state, event.transfer.peer]] : [])),
		).toEqual([
			['waiting', ''],
			['running', ''],
			['running', 'source'],
			['done', 'source'],
		]);
		expect(latest('a')).toEqual({
			id: 1,
			direction: 'down',
			name: 'a',
			label: 'a',
			size: 100,
			bytes: 100,
			state: 'done',
			peer: 'source',
			error: undefined,
			place: 1,
		});
		expect(notices()).toEqual(['Fetched a from source; the old version is kept']);
		expect(transfers.sample()).toEqual([]);
		expect(transfers.activeCount).toBe(0);
	});

	test('tells of a failure why, and how far it came', async () => {
		const {transfers, runs, latest, notices} = setUp();
		transfers.request(remote('a'));
		runs[0]!.partial.bytes = 60;
		runs[0]!.fail(new Error('the disk is full'));
		await until('the end', () => latest('a')?.state === 'failed');
		expect(latest('a')).toMatchObject({error: 'the disk is full', bytes: 60});
		expect(notices()).toEqual(['a failed: the disk is full']);
	});

	test('warns of an empty answer that it took for a file', async () => {
		const {transfers, runs, notices} = setUp();
		transfers.request(remote('a'));
		runs[0]!.succeed({bytes: 0, isEmptyGuess: true});
		await until('the notice', () => notices().length);
		expect(notices()[0]).toContain('taken as an empty file');
	});

	test('makes text of strangers in a notice fit for a terminal', async () => {
		const {transfers, runs, notices} = setUp();
		transfers.request(remote('a'));
		runs[0]!.fail(new Error('said \u001B]52;c;x\u0007'));
		await until('the notice', () => notices().length);
		expect(notices()[0]).not.toMatch(/[\u001B\u0007]/); // eslint-disable-line no-control-regex -- what must not come through
	});
});

describe('pausing', () => {
	test('makes room for the next, and goes on later', async () => {
		const {transfers, runs, running, id, latest} = setUp({maxRunning: 1});
		transfers.request(remote('a'));
		transfers.request(remote('b'));
		runs[0]!.partial.bytes = 40;
		transfers.pause(id('a'));
		expect(latest('a')).toMatchObject({state: 'paused', bytes: 40});
		await until('the next', () => runs.length === 2);
		expect(running()).toEqual(['b']);
		transfers.resume(id('a'));
		expect(latest('a')?.state).toBe('waiting');
		runs[1]!.succeed();
		await until('it to go on', () => runs.length === 3);
		expect(running()).toEqual(['a']);
	});

	test('keeps what is here: the reason is no cancelling', () => {
		const {transfers, runs, id, forgotten} = setUp();
		transfers.request(remote('a'));
		transfers.pause(id('a'));
		expect(runs[0]!.options.signal.aborted).toBe(true);
		expect(forgotten).toEqual([]);
	});

	test('and resuming at once never runs a name twice at a time', async () => {
		const {transfers, runs, running, id} = setUp({slowEnd: true});
		transfers.request(remote('a'));
		transfers.pause(id('a'));
		transfers.resume(id('a'));
		transfers.pause(id('a'));
		transfers.resume(id('a'));
		expect(running()).toEqual(['a']);
		runs[0]!.endAborted();
		await until('it to go on', () => runs.length === 2);
		runs[1]!.succeed();
		await until('the end', () => transfers.activeCount === 0);
		expect(runs).toHaveLength(2);
	});

	test('and asking again at once never runs a name twice at a time', async () => {
		const {transfers, runs, running, id} = setUp({slowEnd: true});
		transfers.request(remote('a'));
		transfers.pause(id('a'));
		transfers.request(remote('a'));
		expect(running()).toEqual(['a']);
		runs[0]!.endAborted();
		await until('it to go on', () => runs.length === 2);
		expect(running()).toEqual(['a']);
	});

	test('one that waits keeps it from running', async () => {
		const {transfers, runs, id, latest} = setUp({maxRunning: 1});
		transfers.request(remote('a'));
		transfers.request(remote('b'));
		transfers.pause(id('b'));
		runs[0]!.succeed();
		await until('the end', () => latest('a')?.state === 'done');
		expect(runs).toHaveLength(1);
		expect(latest('b')?.state).toBe('paused');
	});

	test('what comes too late changes nothing: the file is here', async () => {
		const {transfers, runs, id, latest} = setUp({slowEnd: true});
		transfers.request(remote('a'));
		transfers.pause(id('a'));
		runs[0]!.succeed();
		await until('the end', () => latest('a')?.state === 'done');
		transfers.resume(id('a'));
		expect(runs).toHaveLength(1);
	});
});

describe('cancelling', () => {
	test('ends a run with its bytes', async () => {
		const {transfers, runs, id, latest, forgotten} = setUp();
		transfers.request(remote('a'));
		transfers.cancel(id('a'));
		expect(latest('a')?.state).toBe('cancelled');
		expect(runs[0]!.options.signal.aborted).toBe(true);
		await until('the bytes to go', () => forgotten.includes('a'));
		expect(transfers.activeCount).toBe(0);
	});

	test.each(['waiting', 'paused', 'failed'])('forgets what one that is %s has left', async state => {
		const {transfers, runs, id, latest, forgotten} = setUp({maxRunning: 1});
		if (state === 'waiting') {
			transfers.request(remote('first'));
		}

		transfers.request(remote('a'));
		if (state === 'paused') {
			transfers.pause(id('a'));
		} else if (state === 'failed') {
			runs[0]!.fail(new Error('no'));
			await until('the failure', () => latest('a')?.state === 'failed');
		}

		// A run that was ended has to be over first.
		await until('the run to end', () => runs.every(({name, isOver}) => name !== 'a' || isOver));
		await Promise.resolve();
		transfers.cancel(id('a'));
		expect(latest('a')?.state).toBe('cancelled');
		await until('the bytes to go', () => forgotten.includes('a'));
	});

	test('throws the bytes away also of one that was just paused', async () => {
		const {transfers, runs, id, forgotten} = setUp({slowEnd: true});
		transfers.request(remote('a'));
		transfers.pause(id('a'));
		transfers.cancel(id('a'));
		runs[0]!.endAborted();
		await until('the end of the run', () => runs[0]!.isOver);
		await until('the bytes to be thrown away', () => forgotten.includes('a'), 1000);
	});

	test('and asking again at once never runs a name twice at a time', async () => {
		const {transfers, runs, running, id} = setUp({slowEnd: true});
		transfers.request(remote('a'));
		transfers.cancel(id('a'));
		transfers.request(remote('a'));
		expect(running()).toEqual(['a']);
		runs[0]!.endAborted();
		await until('the second run', () => runs.length === 2);
		expect(running()).toEqual(['a']);
	});

	test('and trying an old row again never runs a name twice at a time', async () => {
		const {transfers, id, running, runs} = setUp();
		transfers.request(remote('a'));
		const first = id('a');
		transfers.cancel(first);
		await until('the end', () => runs[0]!.isOver);
		transfers.request(remote('a'));
		transfers.retry(first);
		await until('the second run', () => runs.length === 2);
		expect(running()).toEqual(['a']);
	});

	test('has the bytes gone before they are asked for again', async () => {
		const {transfers, runs, id, slowForget, endForget, forgotten} = setUp({
			maxRunning: 1,
		});
		slowForget();
		transfers.request(remote('a'));
		transfers.pause(id('a'));
		await until('the run to be over', () => runs[0]!.isOver);
		transfers.request(remote('other'));
		await until('the other to run', () => runs.length === 2);
		runs[1]!.succeed();
		await until('the other to be over', () => transfers.activeCount === 0);
		transfers.cancel(id('a'));
		expect(forgotten).toEqual(['a']);
		transfers.request(remote('a'));
		expect(runs).toHaveLength(2);
		endForget();
		await until('the second run', () => runs.length === 3);
	});
});

describe('trying again', () => {
	test('happens by itself when somebody offers the file anew', async () => {
		const {transfers, runs, latest} = setUp();
		transfers.request(remote('a'));
		runs[0]!.fail(new Error('bob refused the connection'));
		await until('the failure', () => latest('a')?.state === 'failed');
		const offered = {...remote('a'), sources: [source]};
		transfers.retryOffered(remote('a'));
		transfers.retryOffered({...offered, state: 'here'});
		expect(latest('a')?.state).toBe('failed');
		transfers.retryOffered(offered);
		await until('the second run', () => runs.length === 2);
	});

	test('takes the version that is the newest now', async () => {
		const {transfers, runs, id, latest, newest} = setUp();
		transfers.request(remote('a', 5));
		runs[0]!.fail(new Error('no'));
		await until('the failure', () => latest('a')?.state === 'failed');
		newest.set('a', remote('a', 9));
		transfers.retry(id('a'));
		expect(runs[1]!.mtime).toBe(9);
		expect(latest('a')).toMatchObject({state: 'running', error: undefined});
	});

	test('works for one that was cancelled, too, but not for one that is done', async () => {
		const {transfers, runs, id, latest} = setUp();
		transfers.request(remote('a'));
		transfers.cancel(id('a'));
		await until('the end', () => runs[0]!.isOver);
		transfers.retry(id('a'));
		await until('the second run', () => runs.length === 2);
		runs[1]!.succeed();
		await until('the end', () => latest('a')?.state === 'done');
		transfers.retry(id('a'));
		transfers.resume(id('a'));
		transfers.pause(id('a'));
		transfers.cancel(id('a'));
		expect(latest('a')?.state).toBe('done');
		expect(runs).toHaveLength(2);
	});

	test('a request takes the place of a failed row', async () => {
		const {transfers, runs, id, latest, cleared} = setUp();
		transfers.request(remote('a'));
		const first = id('a');
		runs[0]!.fail(new Error('no'));
		await until('the failure', () => latest('a')?.state === 'failed');
		transfers.request(remote('a'));
		expect(cleared()).toEqual([first]);
		expect(runs).toHaveLength(2);
	});
});

describe('rows', () => {
	test('that are over are cleared on demand, the others stay', async () => {
		const {transfers, runs, id, latest, cleared} = setUp({maxRunning: 3});
		for (const name of ['done', 'failed', 'running', 'paused']) {
			transfers.request(remote(name));
		}

		runs[0]!.succeed();
		runs[1]!.fail(new Error('no'));
		await until('the end', () => latest('failed')?.state === 'failed');
		await until('the last to run', () => runs.length === 4);
		transfers.pause(id('paused'));
		transfers.clearFinished();
		expect(new Set(cleared())).toEqual(new Set([id('done'), id('failed')]));
		transfers.clearFinished();
		expect(cleared()).toHaveLength(2);
	});

	test('that are over do not grow without end', async () => {
		const {transfers, cleared} = setUp();
		for (let count = 0; count < 500; count++) {
			transfers.beginUpload({name: 'a', label: 'a', size: 1, from: 0, peer: 'x'}).end();
		}

		expect(cleared().length).toBeGreaterThanOrEqual(250);
	});

	test('follow an upload from its first byte to its end', () => {
		const {transfers, latest, id} = setUp();
		const log = transfers.beginUpload({
			name: 'a',
			label: 'a',
			size: 100,
			from: 40,
			peer: 'caller',
		});
		log.sent(10);
		expect(transfers.sample()).toEqual([{id: id('a'), bytes: 50}]);
		log.sent(50);
		log.end();
		expect(latest('a')).toMatchObject({
			direction: 'up',
			state: 'done',
			bytes: 100,
			peer: 'caller',
		});
		transfers.pause(id('a'));
		transfers.cancel(id('a'));
		transfers.retry(id('a'));
		expect(latest('a')?.state).toBe('done');
	});

	test('of an upload that was cut short say why', () => {
		const {transfers, latest} = setUp();
		transfers.beginUpload({name: 'a', label: 'a', size: 1, from: 0, peer: 'x'}).end(new Error('closed'));
		expect(latest('a')).toMatchObject({state: 'failed', error: 'closed'});
	});
});

describe('stopping', () => {
	test('ends all runs, waits for them, and begins none', async () => {
		const {transfers, runs} = setUp({maxRunning: 1, slowEnd: true});
		transfers.request(remote('a'));
		transfers.request(remote('b'));
		let isStopped = false;
		const stopping = transfers.stop().then(() => {
			isStopped = true;
		});
		expect(runs[0]!.options.signal.aborted).toBe(true);
		await Promise.resolve();
		expect(isStopped).toBe(false);
		runs[0]!.endAborted();
		await stopping;
		transfers.request(remote('c'));
		expect(runs).toHaveLength(1);
	});
});
