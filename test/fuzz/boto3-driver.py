"""Calls every operation of some services through boto3, with random input, against a server at an endpoint.

    python3 boto3-driver.py ENDPOINT SEED ACCESS_KEY SECRET SERVICE...

Prints one JSON object a line: first the members that botocore's models know, then for each call the input that was
given and the output that came back. boto3 is made from AWS's own models, independently of the SDK for JavaScript.
"""

import base64
import datetime
import json
import random
import re
import sys

import boto3
from botocore.config import Config

WORDS = ['alpha', 'Beta-1', 'x y', 'a&b<c>"d\'', 'é漢', 'p/q?r=s', '100%', 'line1\nline2', '+plus']
PLAIN = ['alpha', 'beta-1']
DEPTH_MAX = 4
# Left out: lengths, checksums and keys that boto3 computes, encodes or checks, and a host name.
SKIPPED = re.compile(r'^(Content(Length|MD5)|Checksum\w*|\w*SSECustomerKey\w*|EndpointId)$')
# Sent in headers and labels, or made into host names or checksums by boto3 itself.
FIXED = {'Bucket': 'my-bucket', 'AccountId': '111122223333', 'SourceRegion': 'us-west-2', 'DestinationRegion': 'us-east-1'}


class Values:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def make(self, shape, depth=0, plain=False):
        kind = shape.type_name
        if kind == 'structure':
            return self.structure(shape, depth)
        if kind == 'list':
            return [self.make(shape.member, depth + 1, plain) for _ in range(self.random.randint(1, 2))]
        if kind == 'map':
            return {key: self.make(shape.value, depth + 1, plain) for key in (PLAIN if plain else ['k1', 'key two'])}
        if kind == 'string':
            return self.random.choice(PLAIN if plain else WORDS)
        if kind == 'blob':
            return bytes([1, 2, 250, self.random.randrange(256)])
        if kind == 'boolean':
            return self.random.random() < 0.5
        if kind == 'timestamp':
            return datetime.datetime.fromtimestamp(1_600_000_000 + self.random.randrange(10**7), datetime.timezone.utc)
        return self.random.randrange(1000)

    def structure(self, shape, depth):
        names = list(shape.members)
        if getattr(shape, 'is_tagged_union', False):
            names = [self.random.choice(names)]
        made = {}
        for name in names:
            member = shape.members[name]
            wanted = name in shape.required_members or len(names) == 1
            deep = member.type_name in ('structure', 'list', 'map')
            if not wanted and (depth > DEPTH_MAX and deep or self.random.random() > (0.7 if depth == 0 else 0.5)):
                continue
            if SKIPPED.match(name) and name not in shape.required_members:
                continue
            place = member.serialization.get('location')
            fixed = FIXED.get(name) if member.type_name == 'string' else None
            made[name] = fixed or self.make(member, depth + 1, plain=place is not None)
        if not made and names and depth:
            made[names[0]] = self.make(shape.members[names[0]], depth + 1)
        return made


def plain(value):
    if isinstance(value, (bytes, bytearray)):
        return {'$bytes': base64.b64encode(value).decode()}
    if isinstance(value, datetime.datetime):
        return {'$time': round(value.timestamp() * 1000)}
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if hasattr(value, 'read'):
        return {'$bytes': base64.b64encode(value.read()).decode()}
    return value if isinstance(value, (str, int, float, bool, type(None))) else repr(value)


def main():
    endpoint, seed, key, secret, *services = sys.argv[1:]
    config = Config(
        retries={'max_attempts': 0},
        read_timeout=5,
        parameter_validation=False,
        inject_host_prefix=False,
        s3={'addressing_style': 'path'},
        request_checksum_calculation='when_required',
        response_checksum_validation='when_required',
    )
    session = boto3.Session(key, secret, region_name='us-east-1')
    clients = {name: session.client(name, endpoint_url=endpoint, config=config) for name in services}
    known = {}
    for name, client in clients.items():
        model = client.meta.service_model
        shapes = (model.shape_for(each) for each in model.shape_names)
        known[name] = {each.name: list(each.members) for each in shapes if each.type_name == 'structure'}
    print(json.dumps({'known': known}))
    for name, client in clients.items():
        values = Values(f'{seed}{name}')
        model = client.meta.service_model
        for method, operation in sorted(client.meta.method_to_api_mapping.items()):
            shapes = model.operation_model(operation)
            if shapes.has_event_stream_input or shapes.has_event_stream_output:
                continue
            given = values.make(shapes.input_shape) if shapes.input_shape else {}
            line = {'service': name, 'operation': operation, 'input': plain(given)}
            try:
                answer = getattr(client, method)(**given)
                answer.pop('ResponseMetadata', None)
                line['output'] = plain(answer)
            except Exception as error:
                line['error'] = f'{type(error).__name__}: {error}'[:300]
            print(json.dumps(line), flush=True)


if __name__ == '__main__':
    main()
