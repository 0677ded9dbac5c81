export {Wire} from '../protocol/wire.js';
