import {Buffer} from 'node:buffer';
import {execFileSync} from 'node:child_process';
import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import {describe, expect, it, test} from 'vitest';
import {
	blockBytes,
	blockHashesOf,
	pieceBytesOf,
	pieceCountOf,
	pieceHashOf,
	pieceSpan,
	rootOfBytes,
	rootOfLayer,
	sha256,
} from '../../source/protocol/merkle.js';
import {PieceLayer} from '../../source/protocol/piece-layer.js';
import {hasPython} from '../interop/python-program.js';
import {temporaryFolder} from '../wait.js';

/** Byte i is (7 i + floor(i / 251)) modulo 251, which repeats after 251 * 251 bytes; test/interop/pieces_root.py makes the same. */
function testContent(size: number): Buffer {
	const period = Buffer.from(
		Array.from({length: 251 * 251}, (_, index) => (7 * index + Math.floor(index / 251)) % 251),
	);
	return Buffer.alloc(size, period);
}

/** Printed by `python3 test/interop/pieces_root.py --sizes ...`: size, bytes of a piece, root, SHA-256 of the piece layer. */
const vectors: Array<[size: number, pieceBytes: number, root: string, layerHash: string]> = [
	[
		0,
		16_384,
		'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
		'5df6e0e2761359d30a8275058e299fcc0381534545f55cf43e41983f5d4c9456',
	],
	[
		1,
		16_384,
		'6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
		'1406e05881e299367766d313e26c05564ec91bf721d31726bd6e46e60689539a',
	],
	[
		16_383,
		16_384,
		'76fce7eefc29dab5bb610ebf21299b534b052ab76199ef5f28df889510ed96d9',
		'5188750ecc04f3e421237e9adf6ec3cb44f07ac25829de76c3ea62d2189857ed',
	],
	[
		16_384,
		16_384,
		'4bd6ffd5f7f9c74cbcb987e9ef1638e2a6baf52f27fcdaf425ae49a3cd9a0924',
		'31d94bd50c0179dd094483faba8350ac9d2bafbc5f5dedc506d37d76509b7197',
	],
	[
		16_385,
		16_384,
		'2de540aed4afc232b309ec4e9223adba51ab7e8c71912c7e84941204cbd58ef9',
		'2de540aed4afc232b309ec4e9223adba51ab7e8c71912c7e84941204cbd58ef9',
	],
	[
		32_768,
		16_384,
		'018f8770de6cc51c9a1e04da446c6b9cf5c1f092aa90cfeb84815533682584c8',
		'018f8770de6cc51c9a1e04da446c6b9cf5c1f092aa90cfeb84815533682584c8',
	],
	[
		49_152,
		16_384,
		'e6d87b3b876e7e12808ccc3e021ba2b958b4a65ff2becd6efae99d7b03c78fb2',
		'd183bee7b7f77800996308a1143424edad14b80b0561f22baa4183e151637796',
	],
	[
		65_537,
		16_384,
		'3032ee7a7d0813038f15afc4ac5087ac4592b9360b4fea99127956c802bb90fc',
		'4b833d6fcd8da76e529099b7146f9f400083253fc1cee40182b0a011ce5f77c4',
	],
	[
		1_048_576,
		16_384,
		'b21a24ad686713b742ba61b0e5bbf0c974d782c8006d4aa5a3fa38d77a2f14e4',
		'9c21e34a2ee7b25afaeab1ba6a5e1629ddafb071e89bdfa3623df9545b16ebaf',
	],
	[
		32_751_615,
		16_384,
		'e5a798d06854abefb4dd96e680673bde3cc827bb6fae4f71d56b54b745489224',
		'ab94d59c6f53565d14903adfa723cdfdc220271bc32e676764ef20b91bd56c90',
	],
	[
		32_751_616,
		16_384,
		'4857c94630d810daa76d03d70445f02beb9d687bbe9e02994d7a8e17090bb935',
		'628e10eb7f2d3c53ed306c8c133884508388d944d0ab3ac76fae058037ceed80',
	],
	[
		32_751_617,
		32_768,
		'2d432067f69a685572d8f102be30825090c643f4be328834bcb594b45919f4f3',
		'0a585e2f41864087ee7be5febd14d283243f948c9bb0b44724633011e9972f68',
	],
	[
		32_767_999,
		32_768,
		'c6ecdc1dbe07f6b72ce6b347c74530d713ff4f68ae02b738751812288e889694',
		'890a99ffa7453b9968433a4671c53469982f067b5bf11e0f92197d3a5c8777d1',
	],
	[
		32_768_000,
		32_768,
		'8ae20ac9afaa132ff7b895497ee8970ecb3c7b6f9df968655127cf177933f1d9',
		'4f23e904867e1fb8c5f198bfce85d176d2fcfe250ff70600ad8c825630b14edb',
	],
	[
		32_768_001,
		32_768,
		'd463dd63dbdcad98c14a62acb00ee642b84f242622f7466200ffc76b9ad0c1fe',
		'036327acef862c1f0d25503d47828891ce4176e936de7dfcd4aae1f92b6457fa',
	],
	[
		65_503_233,
		65_536,
		'c52add4c1809e2b5eb09d80cc687caa447c98c7295e31a39349a1a49f0ecbfca',
		'16429c797a145ca4ab8adb70214e00edffdb45e0c91ccfcbfdbf835bbd270b7d',
	],
];

/** The root and the layer, from reads of a megabyte as the hasher makes them. */
function read(content: Uint8Array): {root: string; layer: Buffer} {
	const layer = new PieceLayer(content.length);
	for (let start = 0; start < content.length; start += 1024 * 1024) {
		layer.update(content.subarray(start, start + 1024 * 1024));
	}

	return layer.finish();
}

/** The layer as a downloader makes it: each piece on its own. */
const layerOfPieces = (content: Uint8Array) =>
	Buffer.concat(
		Array.from({length: pieceCountOf(content.length)}, (_, piece) => {
			const {start, length} = pieceSpan(content.length, piece);
			return pieceHashOf(blockHashesOf(content.subarray(start, start + length)), content.length);
		}),
	);

/** Few pieces, and sizes around the ends of blocks. */
const someContent = fc
	.tuple(fc.integer({min: 0, max: 20}), fc.integer({min: -2, max: 2}), fc.nat(250))
	.map(([blocks, more, seed]) => testContent(Math.max(0, blocks * blockBytes + more) + seed).subarray(seed));

describe('the content id', () => {
	test.each(vectors)('of %i bytes is what another program says', (size, pieceBytes, root, layerHash) => {
		const content = testContent(size);
		expect(pieceBytesOf(size)).toBe(pieceBytes);
		expect(rootOfBytes(content)).toBe(root);
		expect(read(content).root).toBe(root);
		expect(sha256(read(content).layer).toString('hex')).toBe(layerHash);
		expect(sha256(layerOfPieces(content)).toString('hex')).toBe(layerHash);
	});

	it.skipIf(!hasPython)('is still what that program says', async () => {
		const script = path.join(import.meta.dirname, '../interop/pieces_root.py');
		const sizes = vectors.map(([size]) => String(size));
		const printed = execFileSync('python3', [script, '--sizes', ...sizes], {encoding: 'utf8'});
		expect(printed.trim().split('\n')).toEqual(vectors.map(row => row.join(' ')));
		const filePath = path.join(await temporaryFolder(), 'file');
		await writeFile(filePath, testContent(100_000));
		expect(execFileSync('python3', [script, filePath], {encoding: 'utf8'})).toContain(
			rootOfBytes(testContent(100_000)),
		);
	});

	it('is the same from the whole, from its pieces and from its layer', () => {
		fc.assert(
			fc.property(someContent, content => {
				const root = rootOfBytes(content);
				const {root: rootRead, layer} = read(content);
				expect(rootRead).toBe(root);
				expect(layer.equals(layerOfPieces(content))).toBe(true);
				expect(rootOfLayer(layer, content.length)).toBe(root);
			}),
		);
	});

	it('is another when any byte is another', () => {
		fc.assert(
			fc.property(someContent, fc.nat(), fc.integer({min: 1, max: 255}), (content, place, change) => {
				const root = rootOfBytes(content);
				const other = Buffer.from(content);
				const index = place % Math.max(1, content.length);
				other[index]! ^= change;
				expect(rootOfBytes(other) === root).toBe(content.length === 0);
			}),
		);
	});

	it('is another when any byte of the layer is another', () => {
		const content = testContent(5 * blockBytes + 1);
		const {root, layer} = read(content);
		for (let index = 0; index < layer.length; index++) {
			const forged = Buffer.from(layer);
			forged[index]! ^= 1;
			expect(rootOfLayer(forged, content.length)).not.toBe(root);
		}
	});

	it('tells a file from the same with zeros at its end', () => {
		expect(rootOfBytes(Buffer.alloc(blockBytes))).not.toBe(rootOfBytes(Buffer.alloc(2 * blockBytes)));
		expect(rootOfBytes(Buffer.alloc(10))).not.toBe(rootOfBytes(Buffer.alloc(11)));
	});
});

describe('pieces', () => {
	it.each([
		[0, 16_384, 1],
		[1, 16_384, 1],
		[1999 * 16_384, 16_384, 1999],
		[1999 * 16_384 + 1, 32_768, 1000],
		[1024 ** 3, 1024 ** 2, 1024],
		[1999 * 16 * 1024 ** 2, 16 * 1024 ** 2, 1999],
		[1024 ** 4, 16 * 1024 ** 2, 65_536],
	])('of a file of %i bytes have %i bytes and are %i', (size, pieceBytes, count) => {
		expect(pieceBytesOf(size)).toBe(pieceBytes);
		expect(pieceCountOf(size)).toBe(count);
	});

	it('lie one after the other and make the whole', () => {
		fc.assert(
			fc.property(fc.nat(200_000_000), size => {
				const last = pieceSpan(size, pieceCountOf(size) - 1);
				expect(last.start + last.length).toBe(size);
				expect(pieceSpan(size, 0).start).toBe(0);
			}),
		);
	});
});
