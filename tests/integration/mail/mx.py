#!/usr/bin/env python3
"""A real mail server, Exim, for exim.sh: mx.py DIR

Writes DIR/exim.conf, listens on a free port of 127.0.0.1, tells it in DIR/port, and lets an exim of its own take each
connection. Mail for ana and ben.ruiz@meadow.example goes to DIR/maildir, what comes back to bounces+...@cairn.example to DIR/bounces; nobody
else is known. Never as root: then it is nobody's.
"""
import os, pwd, signal, socket, subprocess, sys, time

EXIM = '/usr/sbin/exim4'
USER = 'Debian-exim'
dir = os.path.abspath(sys.argv[1])

CONFIG = f'''
primary_hostname = mx.example
spool_directory = {dir}/spool
log_file_path = {dir}/exim-%slog
tls_advertise_hosts = *
tls_certificate = {dir}/cert.pem
tls_privatekey = {dir}/key.pem
acl_smtp_rcpt = take
deliver_drop_privilege
add_environment =
keep_environment =
host_lookup =
rfc1413_hosts =
begin acl
take:
  accept
begin routers
known:
  driver = accept
  domains = meadow.example
  local_parts = ana : ben.ruiz
  transport = maildir
bounces:
  driver = accept
  domains = cairn.example
  local_part_suffix = +*
  local_parts = bounces
  transport = bounces
begin transports
maildir:
  driver = appendfile
  directory = {dir}/maildir
  maildir_format
  return_path_add
  envelope_to_add
bounces:
  driver = appendfile
  directory = {dir}/bounces
  maildir_format
  return_path_add
  envelope_to_add
begin retry
* * F,1m,1m
'''


def certificate():
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', f'{dir}/key.pem', '-out',
                    f'{dir}/cert.pem', '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'],
                   check=True, stderr=subprocess.DEVNULL)


def hand_over():
    user = pwd.getpwnam(USER)
    for path in [dir] + [os.path.join(dir, name) for name in os.listdir(dir)]:
        os.chown(path, user.pw_uid, user.pw_gid)


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def answers(port):
    try:
        with socket.create_connection(('127.0.0.1', port), timeout=1) as s:
            return s.recv(3) == b'220'
    except OSError:
        return False


with open(f'{dir}/exim.conf', 'w') as f:
    f.write(CONFIG)
certificate()
hand_over()
# Exim takes no port 0: one that was free a moment ago, else another one.
while True:
    port = free_port()
    exim = subprocess.Popen([EXIM, '-C', f'{dir}/exim.conf', '-bdf', '-oX', f'[127.0.0.1]:{port}'], user=USER, group=USER,
                            extra_groups=[], start_new_session=True)
    while exim.poll() is None and not answers(port):
        time.sleep(0.02)
    if exim.poll() is None:
        break
# Those that hold a connection too: else one writes its log again after the folder is gone.
signal.signal(signal.SIGTERM, lambda *_: os.killpg(exim.pid, signal.SIGKILL))
with open(f'{dir}/port.tmp', 'w') as f:
    f.write(str(port))
os.rename(f'{dir}/port.tmp', f'{dir}/port')
exim.wait()
