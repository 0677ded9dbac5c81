import type {WireMessage} from '../protocol/wire.js';

export {wireFromJson, wireJson, wireLine} from '../protocol/wire-line.js';

/**
The messages that a tracker in this program sees, without those of our own connection to it: this peer tells them already.

@param ownAddress - Our end of that connection.
*/
export const withoutOwn =
	(ownAddress: () => string | undefined, tell: (message: WireMessage) => void) =>
	(message: WireMessage): void => {
		if (message.remote !== ownAddress()) {
			tell(message);
		}
	};
