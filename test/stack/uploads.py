"""What a deployment needs in S3: the functions' binaries, and the template."""

import hashlib
import io
import zipfile

BUCKET = "usher-deployments"


def zipped(binary):
    """As `sam deploy` packs a function, but stored: compressing would take longer than all else here."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as z:
        entry = zipfile.ZipInfo("bootstrap")
        entry.external_attr = 0o755 << 16
        z.writestr(entry, binary)
    return packed.getvalue()


class Uploads:
    """Objects are named by the hash of their content, as by `sam deploy`, and go out once."""

    def __init__(self, emulator, region):
        self.emulator, self.there = emulator, set()
        emulator.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": region})

    def put(self, content, pack=lambda content: content):
        key = hashlib.sha256(content).hexdigest()
        if key not in self.there:
            self.emulator.client("s3").put_object(Bucket=BUCKET, Key=key, Body=pack(content))
            self.there.add(key)
        return key

    def function(self, binary):
        return f"s3://{BUCKET}/{self.put(binary, zipped)}"

    def file(self, path):
        return f"s3://{BUCKET}/{self.put(path.read_bytes())}"

    def template(self, text):
        return f"{self.emulator.url}/{BUCKET}/{self.put(text.encode())}"
