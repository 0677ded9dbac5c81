import type {NoticeLevel} from '../peer/events.js';
import type {Accent} from './theme.js';

/** A glyph for each level, and its colour. */
export const noticeLooks: Record<NoticeLevel, {glyph: string; accent: Accent | undefined}> = {
	info: {glyph: '·', accent: undefined},
	warning: {glyph: '!', accent: 'warning'},
	error: {glyph: '✗', accent: 'trouble'},
};
