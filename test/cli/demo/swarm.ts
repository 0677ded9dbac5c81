import {onTestFinished} from 'vitest';
import type {PeerCoreOptions} from '../../../source/peer/peer-core.js';
import {Lab} from '../../../source/cli/demo/lab.js';
import {LinkProxy} from '../../../source/cli/demo/link-proxy.js';
import {Neighbour} from '../../../source/cli/demo/neighbour.js';
import {put} from '../../peer/files.js';
import {startPeer, startTracker} from '../../peer/peers.js';
import {temporaryFolder} from '../../wait.js';

/** The demo without its screen: a tracker, neighbours with these files, a peer of the user's own, and the lab. */
export async function startSwarm(
	shares: Record<string, Record<string, string | Uint8Array>>,
	own: Partial<PeerCoreOptions> = {},
) {
	const {address} = await startTracker();
	const neighbours: Neighbour[] = [];
	for (const [name, files] of Object.entries(shares)) {
		const dir = await temporaryFolder();
		for (const [file, content] of Object.entries(files)) {
			await put(dir, file, content);
		}

		const neighbour = new Neighbour({name, dir, tracker: address});
		onTestFinished(async () => neighbour.stop());
		neighbours.push(neighbour);
		await neighbour.start();
	}

	const control = new LinkProxy(address.port);
	onTestFinished(async () => control.close());
	await control.listen();
	const user = await startPeer({...address, port: control.port}, {name: 'you', ...own});
	const lab = new Lab([{control}, ...neighbours]);
	lab.follow(user.core);
	const notices: string[] = [];
	lab.onChange((_state, notice) => notices.push(notice));
	return {neighbours, user, lab, control, notices};
}
