import type {Confirmed} from '../state/state.js';
import type {KeyContext} from './bindings.js';

/** Do what the user has said yes to. */
export function confirm(confirmed: Confirmed | undefined, {actions, quit}: Pick<KeyContext, 'actions' | 'quit'>): void {
	switch (confirmed?.type) {
		case 'quit': {
			quit();
			break;
		}

		case 'cancel': {
			actions.cancel(confirmed.id);
			break;
		}

		case undefined: {
			break;
		}
	}
}
