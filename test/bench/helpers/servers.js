/*
Servers that people would reach for instead, each with a configuration of its own, on a port of 127.0.0.1, until our end.
*/
import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {answering, freePort, host, start} from './programs.js';

/** @returns The URL under which the folder's files are. */
export async function startNginx(folder, scratch) {
	const port = await freePort();
	const config = path.join(scratch, 'nginx.conf');
	const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
		.map(kind => `${kind}_temp_path ${path.join(scratch, kind)};`)
		.join(' ');
	await writeFile(
		config,
		`daemon off;
${process.getuid() === 0 ? 'user root;' : ''}
worker_processes 1;
error_log /dev/null emerg;
pid ${path.join(scratch, 'nginx.pid')};
events {}
http {
	${temporary}
	access_log off;
	sendfile on;
	tcp_nopush on;
	server { listen ${host}:${port}; root ${folder}; }
}
`,
	);
	await answering(port, start('nginx', ['-e', '/dev/null', '-p', scratch, '-c', config]));
	return `http://${host}:${port}`;
}

/** @returns The URL under which the folder's files are. */
export async function startPython(folder) {
	const port = await freePort();
	const args = ['-m', 'http.server', '--bind', host, '--directory', folder, String(port)];
	await answering(port, start('python3', args, {stdio: 'ignore'}));
	return `http://${host}:${port}`;
}

/** @returns The URL of the folder. */
export async function startRsync(folder, scratch) {
	const port = await freePort();
	const config = path.join(scratch, 'rsyncd.conf');
	await writeFile(
		config,
		`use chroot = no
${process.getuid() === 0 ? 'uid = root\ngid = root' : ''}
reverse lookup = no
log file = /dev/null
pid file = ${path.join(scratch, 'rsyncd.pid')}
[bench]
path = ${folder}
read only = yes
`,
	);
	const args = ['--daemon', '--no-detach', `--config=${config}`, `--address=${host}`, `--port=${port}`];
	await answering(port, start('rsync', args));
	return `rsync://${host}:${port}/bench`;
}
