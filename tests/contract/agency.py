"""How another agency reads the public feed; `pip install pika` is all it takes.

    python agency.py amqps://agency:password@bus.example.vn/vss [OFFSET]

Starts with the oldest fact that is kept, or at OFFSET: the number after the last one it has dealt with. A fact may come
twice, with the same id. Prints one line for each: its offset, id, type, subject, and data.
"""

import json
import sys

import pika

offset = int(sys.argv[2]) if len(sys.argv) > 2 else "first"
channel = pika.BlockingConnection(pika.URLParameters(sys.argv[1])).channel()
channel.basic_qos(prefetch_count=100)
for method, properties, body in channel.consume("public.stream", arguments={"x-stream-offset": offset}):
    told = properties.headers or {}
    about = (told["x-stream-offset"], told["cloudEvents:id"], told["cloudEvents:type"], told["cloudEvents:subject"])
    print(*about, json.dumps(json.loads(body)), flush=True)
    channel.basic_ack(method.delivery_tag or 0)
