"""Creates a user, changes it and deletes it, with a client that openapi-python-client has generated."""

import uuid

from client import new_client
from usher_client.api.metadata import update_metadata
from usher_client.api.users import create_user, delete_user, list_users
from usher_client.models import CreatedUser, CreationRefusedProblem, CreationRefusedProblemCode
from usher_client.models import Metadata, NewMetadata, NewUser, UserExistsProblem, UserExistsProblemCode, UserPage
from usher_client.types import UNSET

usher = new_client()
steps = 0


def passed(what):
    global steps
    steps += 1
    print(f"{steps}. {what}")


def must(kind, response):
    """Returns the model of a successful response."""
    if not isinstance(response.parsed, kind):
        raise SystemExit(f"{response.status_code}: {response.content.decode(errors='replace')}")
    return response.parsed


# With the same key, a repeated request creates no second user.
email, password, key = f"python-{uuid.uuid4()}@example.com", "Str0ng-Enough", str(uuid.uuid4())
new_user = NewUser(email=email, password=password)
user = must(CreatedUser, create_user.sync_detailed(client=usher, body=new_user, idempotency_key=key))
passed("created a user")
repeated = must(CreatedUser, create_user.sync_detailed(client=usher, body=new_user, idempotency_key=key))
assert repeated.id == user.id
passed("repeated the request, and got the same user")

listed, pages, cursor = [], 0, UNSET
while pages == 0 or cursor:
    page = must(UserPage, list_users.sync_detailed(client=usher, limit=2, cursor=cursor))
    listed += [listed_user.id for listed_user in page.users]
    pages, cursor = pages + 1, page.next_
assert pages > 1 and user.id in listed and len(set(listed)) == len(listed)
passed("listed all pages")

for patch in ({"theme": "dark", "language": "de"}, {"theme": None}):
    response = update_metadata.sync_detailed(user.id, client=usher, body=NewMetadata.from_dict(patch))
    metadata = must(Metadata, response)
assert metadata.to_dict() == {"language": "de"}
passed("patched metadata")

again = must(UserExistsProblem, create_user.sync_detailed(client=usher, body=new_user))
assert again.code is UserExistsProblemCode.USER_EXISTS
passed("409: the address is taken")

weak_user = NewUser(email=f"weak-{email}", password="a")
weak = must(CreationRefusedProblem, create_user.sync_detailed(client=usher, body=weak_user))
assert weak.code is CreationRefusedProblemCode.PASSWORD_TOO_WEAK
passed("422: the password is too weak")

deleted = delete_user.sync_detailed(user.id, client=usher)
assert deleted.status_code == 204
passed("deleted the user")
print(f"{steps} steps passed")
