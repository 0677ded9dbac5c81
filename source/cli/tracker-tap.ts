import type {WireMessage} from '../protocol/wire.js';
import type {Tracker} from '../../tracker/server.js';

/** The wire of a tracker in this program, which is there before the screen that shows it. */
export class TrackerTap {
	/** Undefined where the tracker is another program's. */
	tracker: Pick<Tracker, 'watchWire'> | undefined;
	listener: ((message: WireMessage) => void) | undefined;

	readonly hear = (message: WireMessage): void => {
		this.listener?.(message);
	};

	watchWire(isOn: boolean): void {
		this.tracker?.watchWire(isOn);
	}
}
