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

type SetUp = {maxRunning?: number; slowEnd?: boolean; onQueue?: (queue: () => QueuedFile[]) => void};

function setUp({maxRunning = 2, slowEnd = false, onQueue}: SetUp = {}) {
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
			onQueue?.(queue);
		},
		emit(event) {
			events.push(event);
		},
		onDetail() {},
	});
	const told = () => events.flatMap(event => (event.type === 'transfer' ? [event.transfer] : []));
	/** The rows as they are now, in the order in which they came. */
	const rows = () => [...new Map(told().map(row => [row.id, row])).values()];
	return {
		transfers,
		rows,
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
		runs[0]!.options.onRefused('said \u001B]52;c;x\u0007');
		runs[0]!.fail(new Error('said \u001B]52;c;x\u0007'));
		await until('the notices', () => notices().length === 2);
		expect(notices().join(',')).not.toMatch(/[\u001B\u0007]/); // eslint-disable-line no-control-regex -- what must not come through
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

describe('small files', () => {
	const small = (name: string): RemoteFile => ({...remote(name), size: smallBytes});

	test('have places of their own beside the others, and those beside them', async () => {
		const {transfers, running, runs} = setUp({maxRunning: 1});
		for (const name of ['large 1', 'large 2', 'large 3']) {
			transfers.request(remote(name));
		}

		for (let index = 0; index < 40; index++) {
			transfers.request(small(`${index}`));
		}

		transfers.request(remote('large 4'));
		const first32 = Array.from({length: 32}, (_, index) => `${index}`);
		expect(running()).toEqual(['large 1', ...first32]);
		runs.find(({name}) => name === '7')!.succeed();
		await until('the next small one', () => running().includes('32'));
		expect(running()).not.toContain('large 2');
		runs[0]!.succeed();
		await until('the next large one', () => running().includes('large 2'));
		expect(running()).toHaveLength(1 + 32);
	});

	test('have their places back whatever becomes of them', async () => {
		const {transfers, running, runs, id} = setUp({maxRunning: 1});
		for (let index = 0; index < 36; index++) {
			transfers.request(small(`${index}`));
		}

		runs[0]!.fail(new Error('no'));
		transfers.pause(id('1'));
		transfers.cancel(id('2'));
		runs[3]!.succeed();
		await until('the last', () => running().includes('35'));
		expect(running()).toHaveLength(32);
	});
});

describe('what an earlier run has left', () => {
	const left = (name: string, values: Partial<QueuedFile> = {}): QueuedFile => ({
		key: name,
		file: {name, mtime: 5, size: 100},
		isPaused: false,
		...values,
	});
	const offered = (name: string, mtime = 5): RemoteFile => ({...remote(name, mtime), sources: [source]});

	test('waits in its order, paused where it was, until somebody offers it', async () => {
		const {transfers, runs, rows, running} = setUp();
		transfers.restore([left('a'), left('b', {isPaused: true}), left('c')]);
		expect(rows().map(({name, state, error}) => [name, state, error])).toEqual([
			['a', 'waiting', 'nobody who holds it is here yet'],
			['b', 'paused', undefined],
			['c', 'waiting', 'nobody who holds it is here yet'],
		]);
		transfers.retryOffered({...offered('c'), sources: []});
		expect(runs).toEqual([]);
		transfers.retryOffered(offered('c'));
		transfers.retryOffered(offered('b'));
		expect(running()).toEqual(['c']);
		expect(rows()[2]).toMatchObject({state: 'running', error: undefined});
		expect(rows()[1]!.state).toBe('paused');
		transfers.retryOffered(offered('a'));
		expect(running()).toEqual(['c', 'a']);
		await transfers.stop();
	});

	test('goes on in its order, in whatever order it is offered', async () => {
		const {transfers, runs, running} = setUp({maxRunning: 1});
		transfers.request(remote('first'));
		transfers.restore([left('a'), left('b'), left('c')]);
		for (const name of ['c', 'a', 'b']) {
			transfers.retryOffered(offered(name));
		}

		for (const name of ['a', 'b', 'c']) {
			runs.at(-1)!.succeed();
			await until(name, () => running().includes(name));
		}
	});

	test('does not keep others waiting', () => {
		const {transfers, running} = setUp({maxRunning: 1});
		transfers.restore([left('a')]);
		transfers.request(remote('b'));
		expect(running()).toEqual(['b']);
	});

	test('is the newest version by now, where that was asked for', () => {
		const {transfers, runs, rows} = setUp();
		transfers.restore([left('a')]);
		transfers.retryOffered({...offered('a', 9), size: 70});
		expect(runs[0]!.options.file).toEqual({name: 'a', mtime: 9, size: 70});
		expect(rows()[0]!.size).toBe(70);
	});

	test('is the very version where that was asked for, whatever the key of its row is by now', () => {
		const {transfers, runs, newest} = setUp();
		const [root, newer] = ['a'.repeat(64), 'b'.repeat(64)];
		const key = `a\n${root}`;
		transfers.restore([left('a', {key, file: {name: 'a', mtime: 5, size: 100, root}})]);
		newest.set('a', {...offered('a', 9), root: newer});
		newest.set(key, {...offered('a'), key, root});
		transfers.retryOffered(newest.get('a')!);
		expect(runs).toEqual([]);
		newest.set('a', {...offered('a'), root});
		newest.set(key, newest.get('a')!);
		transfers.retryOffered(newest.get('a')!);
		expect(runs[0]!.options.file.root).toBe(root);
	});

	test('and came just before it was killed is done', () => {
		const {transfers, runs, rows, queues} = setUp();
		transfers.restore([left('a'), left('b', {isPaused: true})]);
		transfers.retryOffered({...offered('a'), state: 'here'});
		transfers.retryOffered({...offered('b'), state: 'here'});
		expect(rows().map(({state, error}) => [state, error])).toEqual([
			['done', undefined],
			['paused', undefined],
		]);
		expect(runs).toEqual([]);
		expect(queues.at(-1)!.map(({key}) => key)).toEqual(['b']);
		expect(transfers.activeCount).toBe(0);
	});

	test('takes no place of what was asked for in this run', () => {
		const {transfers, rows, running} = setUp();
		transfers.request(remote('a'));
		transfers.restore([left('a', {isPaused: true}), left('b')]);
		expect(rows().map(({name, state}) => [name, state])).toEqual([
			['a', 'running'],
			['b', 'waiting'],
		]);
		expect(running()).toEqual(['a']);
	});

	test('can be paused, gone on with, cancelled and asked for like any other', async () => {
		const {transfers, rows, running, id, forgotten, queues} = setUp();
		transfers.restore([left('a'), left('b'), left('c', {isPaused: true}), left('d')]);
		transfers.pause(id('a'));
		transfers.cancel(id('b'));
		await until('the bytes to go', () => forgotten.includes('b'));
		transfers.retryOffered(offered('b'));
		transfers.resume(id('c'));
		expect(running()).toEqual(['c']);
		expect(rows().map(({state}) => state)).toEqual(['paused', 'cancelled', 'running', 'waiting']);
		expect(queues.at(-1)!.map(({key, isPaused}) => [key, isPaused])).toEqual([
			['a', true],
			['c', false],
			['d', false],
		]);
		transfers.retryOffered(offered('d'));
		expect(running()).toEqual(['c', 'd']);
		await transfers.stop();
	});

	test('shows a name that is fit for a terminal', () => {
		const {transfers, rows} = setUp();
		transfers.restore([left('a\u001B[31m')]);
		expect(rows()[0]).toMatchObject({name: 'a\u001B[31m', label: 'a␛[31m'});
	});
});

describe('moving', () => {
	const names = ['a', 'b', 'c', 'd', 'e'];

	function waiting() {
		const set = setUp({maxRunning: 1});
		for (const name of ['running', ...names]) {
			set.transfers.request(remote(name));
		}

		/** Those that wait, as the user sees them, by their places. */
		const order = () =>
			set
				.rows()
				.filter(({state}) => state === 'waiting')
				.toSorted((a, b) => a.place - b.place)
				.map(({name}) => name)
				.join('');
		/** Let all run to their ends. */
		const served = async () => {
			for (let count = 1; set.transfers.activeCount > 0; count++) {
				await until('the next', () => set.runs.length === count);
				set.runs[count - 1]!.succeed();
				await until('its end', () => set.latest(set.runs[count - 1]!.name)?.state === 'done');
			}

			return set.runs
				.slice(1)
				.map(({name}) => name)
				.join('');
		};

		return {...set, order, served};
	}

	test.each([
		['c', -1, 'acbde'],
		['c', 1, 'abdce'],
		['a', 2, 'bcade'],
		['e', -3, 'aebcd'],
		['c', -100, 'cabde'],
		['c', 100, 'abdec'],
		['a', -1, 'abcde'],
		['e', 1, 'abcde'],
		['b', 0, 'abcde'],
	])('%s by %d makes the order %s, as it is shown, kept and served', async (name, places, expected) => {
		const {transfers, id, order, served, queues} = waiting();
		transfers.move(id(name), places);
		expect(order()).toBe(expected);
		expect(
			queues
				.at(-1)!
				.slice(1)
				.map(({key}) => key)
				.join(''),
		).toBe(expected);
		expect(await served()).toBe(expected);
	});

	test('again and again comes to what a list would', async () => {
		const {transfers, id, order, served} = waiting();
		const list = [...names];
		let seed = 5;
		for (let count = 0; count < 100; count++) {
			seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
			const name = names[seed % 5]!;
			const places = (Math.floor(seed / 5) % 9) - 4;
			transfers.move(id(name), places);
			const from = list.indexOf(name);
			list.splice(Math.max(0, Math.min(4, from + places)), 0, ...list.splice(from, 1));
			expect(order()).toBe(list.join(''));
		}

		expect(await served()).toBe(list.join(''));
	});

	test('changes nothing of what runs, rests or is over', async () => {
		const {transfers, id, order, rows, events, served} = waiting();
		transfers.pause(id('b'));
		transfers.cancel(id('d'));
		const before = rows();
		const told = events.length;
		for (const name of ['running', 'b', 'd']) {
			transfers.move(id(name), 1);
			transfers.move(id(name), -1);
		}

		transfers.move(999, 1);
		expect(events).toHaveLength(told);
		expect(rows()).toEqual(before);
		transfers.move(id('a'), 1);
		expect(order()).toBe('cae');
		for (const name of ['running', 'b', 'd']) {
			expect(rows().find(row => row.name === name)).toEqual(before.find(row => row.name === name));
		}

		transfers.cancel(id('b'));
		expect(await served()).toBe('cae');
	});

	test('is of what waits for somebody to offer it, too', () => {
		const {transfers, id, order, queues} = waiting();
		transfers.restore([{key: 'x', file: {name: 'x', mtime: 5}, isPaused: false}]);
		transfers.move(id('x'), -2);
		expect(order()).toBe('abcxde');
		expect(queues.at(-1)!.map(({key}) => key)).toEqual(['running', 'a', 'b', 'c', 'x', 'd', 'e']);
	});

	test('counts with those that wait again: each has the place it shows', async () => {
		const {transfers, id, order, served, queues} = waiting();
		transfers.pause(id('a'));
		transfers.cancel(id('b'));
		transfers.resume(id('a'));
		transfers.retry(id('b'));
		expect(order()).toBe('abcde');
		expect(queues.at(-1)!.map(({key}) => key)).toEqual(['running', ...names]);
		transfers.move(id('d'), 1);
		expect(order()).toBe('abced');
		expect(await served()).toBe('abced');
	});
});

describe('the queue that is kept', () => {
	const kept = (queues: QueuedFile[][]) =>
		queues.at(-1)!.map(({key, isPaused}) => `${key}${isPaused ? ' paused' : ''}`);

	test('is told with each change of it, and is of all that is not over', async () => {
		const {transfers, runs, id, latest, queues} = setUp({maxRunning: 1});
		const told = (expected: string[]) => {
			expect(kept(queues)).toEqual(expected);
			expect(queues.length).toBeGreaterThan(0);
			queues.length = 0;
		};

		transfers.request(remote('a'));
		told(['a']);
		transfers.request(remote('b'));
		told(['a', 'b']);
		transfers.request(remote('b'));
		expect(queues).toEqual([]);
		transfers.pause(id('b'));
		told(['a', 'b paused']);
		transfers.resume(id('b'));
		told(['a', 'b']);
		transfers.move(id('b'), 1);
		queues.length = 0;
		runs[0]!.succeed();
		await until('the end', () => latest('a')?.state === 'done');
		told(['b']);
		await until('the next', () => runs.length === 2);
		runs[1]!.fail(new Error('no'));
		await until('the failure', () => latest('b')?.state === 'failed');
		transfers.retry(id('b'));
		told(['b']);
		transfers.cancel(id('b'));
		told([]);
		transfers.retry(id('b'));
		told(['b']);
	});

	test('has what has failed, as long as its row is there', async () => {
		const {transfers, runs, latest, queues} = setUp();
		transfers.request(remote('a'));
		runs[0]!.fail(new Error('no'));
		await until('the failure', () => latest('a')?.state === 'failed');
		expect(kept(queues)).toEqual(['a']);
		transfers.clearFinished();
		expect(kept(queues)).toEqual([]);
	});

	test('is as it is when it is read, not when it was told', () => {
		let last: (() => QueuedFile[]) | undefined;
		const {transfers, id} = setUp({
			onQueue(queue) {
				last ??= queue;
			},
		});
		transfers.request({...remote('a'), root: 'a'.repeat(64)});
		transfers.pause(id('a'));
		expect(last!()).toEqual([{key: 'a', file: {name: 'a', mtime: 5, size: 100, root: 'a'.repeat(64)}, isPaused: true}]);
	});

	test('keeps what ran when all was stopped', async () => {
		const {transfers, queues} = setUp();
		transfers.request(remote('a'));
		transfers.request(remote('b'));
		await transfers.stop();
		expect(kept(queues)).toEqual(['a', 'b']);
	});
});

describe('waiting', () => {
	test('shows its reason while it lasts, with what is here', async () => {
		const {transfers, runs, latest, notices, running} = setUp();
		transfers.request(remote('a'));
		const {options, partial} = runs[0]!;
		partial.bytes = 30;
		options.onWaiting('the disk is full');
		expect(latest('a')).toMatchObject({state: 'running', error: 'the disk is full', bytes: 30});
		expect(notices()).toEqual(['a: the disk is full']);
		partial.bytes = 40;
		options.onWaiting(undefined);
		expect(latest('a')).toMatchObject({state: 'running', error: undefined, bytes: 40});
		expect(notices()).toHaveLength(1);
		expect(running()).toEqual(['a']);
		runs[0]!.succeed();
		await until('the end', () => latest('a')?.state === 'done');
		expect(latest('a')!.error).toBeUndefined();
	});

	test('shows no reason any more once it is over, however it ends', async () => {
		const {transfers, runs, id, latest} = setUp();
		for (const name of ['a', 'b']) {
			transfers.request(remote(name));
		}

		for (const {options} of runs) {
			options.onWaiting('the disk is full');
		}

		runs[0]!.succeed();
		await until('the end', () => latest('a')?.state === 'done');
		expect(latest('a')!.error).toBeUndefined();
		transfers.pause(id('b'));
		expect(latest('b')).toMatchObject({state: 'paused', error: undefined});
	});
});

describe('several sources', () => {
	const another: Source = {...source, key: '3', name: '', ip: '10.0.0.3'};

	test('are shown while they send, each with its rate, and those who gave most first when it is over', async () => {
		const {transfers, runs, latest, notices} = setUp();
		transfers.request(remote('a'));
		runs[0]!.options.onSources([source, another]);
		expect(latest('a')!.peer).toBe('source, 10.0.0.3:8001');
		runs[0]!.options.onStart({
			bytes: 60,
			sources: [
				{source, bytes: 50, bytesPerSecond: 5},
				{source: another, bytes: 10, bytesPerSecond: 1},
			],
		});
		expect(transfers.sample()).toEqual([
			{
				id: 1,
				bytes: 60,
				sources: [
					{name: 'source', bytes: 50, bytesPerSecond: 5},
					{name: '10.0.0.3:8001', bytes: 10, bytesPerSecond: 1},
				],
			},
		]);
		runs[0]!.succeed({from: [another, source]});
		await until('the end', () => latest('a')?.state === 'done');
		expect(latest('a')!.peer).toBe('10.0.0.3:8001, source');
		expect(notices()).toEqual(['Fetched a from 10.0.0.3:8001, source']);
	});
});
