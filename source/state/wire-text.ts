import type {WireRow} from './state.js';

/*
What the filter of the wire pane looks at. Each member ends with a comma, so that `kind:file,` is not `kind:files`, and `peer:bob,` not
`peer:bobby`. A quotation mark would end the word that a filter has put in quotes.
*/
export const member = (name: 'peer' | 'kind' | 'plane' | 'dir', value: string): string =>
	`${name}:${value.replaceAll('"', "'")},`;

/** `peer:bob, kind:GET, plane:data, dir:in, 10.0.0.7:8001 /files/a.txt` */
export const wireText = ({party, remote, kind, plane, direction, summary, problem}: WireRow): string =>
	[
		member('peer', party),
		member('kind', kind),
		member('plane', plane),
		member('dir', direction),
		remote,
		summary,
		problem === undefined ? '' : `malformed ${problem}`,
	].join(' ');
