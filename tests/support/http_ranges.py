"""Ranges and conditional requests."""

from http_client import ROOT, all_ok, contents, get, ok, status
import re

BIG = contents('big.bin')
SIZE = len(BIG)


def range_is(ranges, wanted):
    answer = get('/big.bin', f'Range: bytes={ranges}\r\n')
    good = status(answer) == wanted and (
        wanted != 416 or f'Content-Range: bytes */{SIZE}'.encode() in answer)
    return good, (ranges[:40], answer[:100])


all_ok('a range is 206', [range_is(r, 206) for r in (
    '0-', '0-0', '-1', f'{SIZE - 1}-', '0-18446744073709551616', '0-0,2-2',
    '-99999999999999999999999')])
all_ok('none of the file is 416 with its size', [range_is(r, 416) for r in (
    '-0', f'{SIZE}-', '18446744073709551616-')])
all_ok('nonsense is the file', [range_is(r, 200) for r in (
    '5-4', 'a', '', '0', '1-2-3', '0x1-2', '-9223372036854774809-999')])
all_ok('256 ranges are 256 parts', [range_is(
    ','.join(f'{i * 10}-{i * 10 + 3}' for i in range(256)), 206)])
all_ok('more than the file is the file', [
    range_is(','.join(['0-'] * 1000), 200),
    range_is(','.join(f'{i}-{i}' for i in range(2000)), 200)])


def sized(name, size, ranges, wanted):
    """Of a file of that size, which takes no room."""
    with open(f'{ROOT}/{name}', 'wb') as f:
        f.truncate(size)
    answer = get(f'/{name}', f'Range: bytes={ranges}\r\n')
    return f'\r\nContent-Range: bytes {wanted}\r\n'.encode() in answer, answer


all_ok('of files of no, one and five thousand million bytes', [
    sized('none', 0, '0-0', '*/0'), sized('none', 0, '-1', '*/0'),
    sized('one', 1, '-5', '0-0/1'), sized('one', 1, '1-', '*/1'),
    sized('vast', 5 * 10 ** 9, '-2', '4999999998-4999999999/5000000000'),
    sized('vast', 5 * 10 ** 9, '4294967296-4294967297',
          '4294967296-4294967297/5000000000'),
    sized('vast', 5 * 10 ** 9, '5000000000-', '*/5000000000')])


def field(answer, name):
    found = re.search(rb'\r\n' + name + rb': ([^\r]*)\r\n', answer)
    return found.group(1) if found else b''


def parts_are(path, data, ranges):
    answer = get(path, 'Range: bytes=' + ','.join(
        f'{a}-{b}' for a, b in ranges) + '\r\n')
    _, content = answer.split(b'\r\n\r\n', 1)
    boundary = re.fullmatch(
        rb'multipart/byteranges; boundary=([0-9A-Za-z]+)',
        field(answer, b'Content-Type'))
    if not boundary or int(field(answer, b'Content-Length')) != len(content):
        return False, answer[:400]
    first, *parts, last = content.split(b'\r\n--' + boundary.group(1))
    good = first == b'' and last == b'--\r\n' and len(parts) == len(ranges)
    for (a, b), part in zip(ranges, parts):
        head, piece = part.split(b'\r\n\r\n', 1)
        good = good and piece == data[a:b + 1] and \
            f'Content-Range: bytes {a}-{b}/{len(data)}'.encode() in head
    return good, answer[:400]


all_ok('parts are exact and come as they were asked for', [
    parts_are('/big.bin', BIG, [(i * 700, i * 700 + 99) for i in range(256)]),
    parts_are('/big.bin', BIG, [(150000, 199999), (0, 49999),
                                (60000, 99999)]),
    parts_are('/a.txt', b'hello\n', [(3, 4), (0, 1)])])

HEAD = get('/a.txt', method='HEAD')
TAG = field(HEAD, b'ETag').decode()
DATE = field(HEAD, b'Last-Modified').decode()
OLD = 'Sun, 06 Nov 1994 08:49:37 GMT'
NEW = 'Fri, 01 Jan 2100 00:00:00 GMT'
PART = 'Range: bytes=0-1\r\n'
ok(TAG.startswith('"') and DATE.endswith(' GMT'),
   'a file has a strong ETag and a date', HEAD)


def condition(wanted, *fields, method='GET'):
    answer = get('/a.txt', ''.join(f + '\r\n' for f in fields), method)
    return status(answer) == wanted, (fields, answer[:60])


all_ok('If-None-Match: one, a list, weak, * are 304', [
    condition(304, f'If-None-Match: {t}')
    for t in (TAG, f'"x", {TAG}', f'W/{TAG}', '*')] + [
    condition(304, f'If-None-Match: {TAG}', method='HEAD'),
    condition(200, 'If-None-Match: "x"')])
all_ok('If-Modified-Since: the exact date alone is 304', [
    condition(304, f'If-Modified-Since: {DATE}'),
    condition(200, f'If-Modified-Since: {NEW}'),
    condition(200, f'If-Modified-Since: {OLD}'),
    condition(200, 'If-Modified-Since: yesterday')])
all_ok('If-None-Match stands over If-Modified-Since', [
    condition(200, 'If-None-Match: "x"', f'If-Modified-Since: {DATE}'),
    condition(304, f'If-None-Match: {TAG}', f'If-Modified-Since: {OLD}')])
all_ok('If-Match and If-Unmodified-Since', [
    condition(200, f'If-Match: {TAG}'), condition(200, 'If-Match: *'),
    condition(412, 'If-Match: "x"'), condition(412, f'If-Match: W/{TAG}'),
    condition(412, f'If-Unmodified-Since: {OLD}'),
    condition(200, f'If-Unmodified-Since: {NEW}'),
    condition(200, f'If-Match: {TAG}', f'If-Unmodified-Since: {OLD}')])
all_ok('If-Range by tag and by date', [
    condition(206, PART.strip(), f'If-Range: {TAG}'),
    condition(206, PART.strip(), f'If-Range: {DATE}'),
    condition(200, PART.strip(), 'If-Range: "x"'),
    condition(200, PART.strip(), f'If-Range: W/{TAG}'),
    condition(200, PART.strip(), f'If-Range: {OLD}'),
    condition(200, PART.strip(), f'If-Range: {NEW}')])


def young_range():
    with open(ROOT + '/young.txt', 'w') as f:
        f.write('young')
    date = field(get('/young.txt', method='HEAD'), b'Last-Modified').decode()
    return get('/young.txt', f'{PART}If-Range: {date}\r\n')


answer = young_range()
ok(status(answer) == 200, 'a date of this very second names no one state',
   answer)


def rewritten():
    path = ROOT + '/change.txt'
    for i in range(20):
        with open(path, 'w') as f:
            f.write(f'version{i}')
        answer = get('/change.txt')
        yield answer.endswith(f'\r\n\r\nversion{i}'.encode()), answer


all_ok('a file that was written is never an old one', rewritten())
