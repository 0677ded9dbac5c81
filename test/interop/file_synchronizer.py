#!/usr/bin/env python3
"""A class peer: file_synchronizer.py TRACKER_IP TRACKER_PORT

Written from the facts of the class protocol, not from p2p-tui. Works on its current
directory and synchronizes in its beat: while it downloads, it sends no KeepAlive.
"""

import argparse
import errno
import json
import os
import select
import signal
import socket
import sys
import threading
import time

FIRST_PORT = 8000
TRACKER_TIMEOUT = 180
BLOCK = 65536


def parse_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument('tracker_ip')
    parser.add_argument('tracker_port', type=int)
    parser.add_argument('--dialect', choices=['framed', 'unframed'], default='framed')
    parser.add_argument('--host', default='', help='the address to serve on')
    parser.add_argument('--port', type=int, help=f'0 for any; default: the next free one from {FIRST_PORT}')
    parser.add_argument('--beat', type=float, default=5, metavar='SECONDS')
    parser.add_argument('--init-delay', type=float, default=2, metavar='SECONDS')
    parser.add_argument('--timeout', type=float, default=10, metavar='SECONDS', help='for other peers')
    parser.add_argument('--single-recv', action='store_true', help='read an answer with one recv(8192), unframed only')
    parser.add_argument('--strip', action='store_true', help='cut white space from a request, unframed only')
    parser.add_argument('--stall-after', type=int, metavar='BYTES', help='send so much of a file, then no more')
    parser.add_argument('--die-when-asked', metavar='NAME', help='be killed with the request for NAME still unread')
    parser.add_argument('--verbose', action='store_true', help='print what happens, a line each')
    return parser.parse_args()


class FileSynchronizer:
    def __init__(self, options):
        self.options = options
        self.is_framed = options.dialect == 'framed'
        self.server = self.listen()
        self.port = self.server.getsockname()[1]
        self.tracker = None
        self.received = b''

    def say(self, *words):
        if self.options.verbose:
            print(*words, flush=True)

    # Serving

    def listen(self):
        port = FIRST_PORT if self.options.port is None else self.options.port
        while True:
            server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                server.bind((self.options.host, port))
                server.listen(32)
                return server
            except OSError as error:
                server.close()
                if error.errno != errno.EADDRINUSE or self.options.port is not None:
                    raise
                port += 1

    def serve(self):
        while True:
            connection, _ = self.server.accept()
            threading.Thread(target=self.answer, args=(connection,), daemon=True).start()

    def read_request(self, connection):
        if self.is_framed:
            with connection.makefile('rb') as stream:
                line = stream.readline()
            return line.decode('utf-8').rstrip('\n') if line.endswith(b'\n') else ''
        name = connection.recv(1024).decode('utf-8')
        return name.strip() if self.options.strip else name

    def answer(self, connection):
        with connection:
            try:
                self.die_if_asked(connection)
                name = self.read_request(connection)
                if os.path.basename(name) != name or not os.path.isfile(name):
                    return
                if self.is_framed:
                    connection.sendall(f'Content-Length: {os.path.getsize(name)}\n'.encode())
                self.send_file(connection, name)
            except OSError:
                self.say('cut', name)

    def die_if_asked(self, connection):
        name = self.options.die_when_asked
        if name and connection.recv(1024, socket.MSG_PEEK).decode('utf-8').strip() == name:
            os.kill(os.getpid(), signal.SIGKILL)

    def send_file(self, connection, name):
        left = self.options.stall_after
        with open(name, 'rb') as file:
            while True:
                block = file.read(BLOCK if left is None else min(BLOCK, left))
                if not block:
                    break
                connection.sendall(block)
                if left is not None:
                    left -= len(block)
        if left is not None:
            self.say('stalled', name)
            threading.Event().wait()

    # Fetching

    def fetch(self, name, entry):
        address = (entry['ip'], entry['port'])
        with socket.create_connection(address, timeout=self.options.timeout) as connection:
            if self.is_framed:
                connection.sendall(f'{name}\n'.encode())
                body = self.read_framed(connection)
            else:
                connection.sendall(name.encode())
                body = connection.recv(8192) if self.options.single_recv else self.read_to_end(connection)
        with open(name, 'wb') as file:
            file.write(body)
        os.utime(name, (entry['mtime'], entry['mtime']))

    def read_framed(self, connection):
        with connection.makefile('rb') as stream:
            header = stream.readline(64)
            field, _, length = header.partition(b':')
            if field != b'Content-Length' or not header.endswith(b'\n'):
                raise ValueError(f'no header but {header!r}')
            body = stream.read(int(length))
        if len(body) < int(length):
            raise ValueError(f'{len(body)} of {int(length)} bytes')
        return body

    @staticmethod
    def read_to_end(connection):
        blocks = []
        while True:
            block = connection.recv(BLOCK)
            if not block:
                return b''.join(blocks)
            blocks.append(block)

    def synchronize(self, directory):
        for name, entry in directory.items():
            if os.path.exists(name) and int(os.path.getmtime(name)) >= entry['mtime']:
                continue
            try:
                self.fetch(name, entry)
                self.say('fetched', name)
            except (OSError, ValueError) as error:
                self.say('failed', name, '-', error)

    # Talking to the tracker

    def send(self, message):
        readable, _, _ = select.select([self.tracker], [], [], 0)
        if (readable and self.tracker.recv(1, socket.MSG_PEEK)) or self.received.strip():
            self.say('unasked')
        text = json.dumps(message, ensure_ascii=self.is_framed)
        self.tracker.sendall((text + '\n' if self.is_framed else text).encode('utf-8'))

    def receive(self):
        """One directory: a line, or in the older dialect what is a whole JSON text by now."""
        while True:
            if self.is_framed:
                line, newline, rest = self.received.partition(b'\n')
                if newline:
                    self.received = rest
                    return json.loads(line)
            elif self.received:
                try:
                    directory = json.loads(self.received)
                    self.received = b''
                    return directory
                except ValueError:
                    pass
            chunk = self.tracker.recv(BLOCK)
            if not chunk:
                raise ConnectionError('the tracker closed the connection')
            self.received += chunk

    def beat(self, message):
        self.send(message)
        directory = self.receive()
        self.say('directory', json.dumps(directory, ensure_ascii=False))
        self.synchronize(directory)

    def run(self):
        self.say('port', self.port)
        threading.Thread(target=self.serve, daemon=True).start()
        address = (self.options.tracker_ip, self.options.tracker_port)
        self.tracker = socket.create_connection(address, timeout=TRACKER_TIMEOUT)
        time.sleep(self.options.init_delay)
        files = [
            {'name': name, 'mtime': int(os.path.getmtime(name))}
            for name in sorted(os.listdir('.'))
            if os.path.isfile(name)
        ]
        self.beat({'port': self.port, 'files': files})
        while True:
            time.sleep(self.options.beat)
            self.beat({'port': self.port})


if __name__ == '__main__':
    try:
        FileSynchronizer(parse_arguments()).run()
    except (OSError, KeyboardInterrupt) as error:
        sys.exit(f'The tracker is gone: {error}')
