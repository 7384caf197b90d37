package jobs

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
)

// idBytes is the length of an ID: 160 bits.
const idBytes = 20

// names are the names that derive from a front-end, for each key: the current one first, then the
// previous one.
type names [][]byte

func (s *Service) names(ctx context.Context) (names, error) {
	return s.opts.Sealer.Keys(ctx, "jobs/names")
}

// frontEnds returns the folder names of a front-end.
func (n names) frontEnds(frontEnd string) []string {
	var all []string
	for _, key := range n {
		all = append(all, derive(key, "front-end", frontEnd))
	}
	return all
}

// generations is the number of jobs that one Idempotency-Key can name: the storage may still have an
// expired job when the key is used again.
const generations = 2

// jobs returns the IDs of the jobs with an Idempotency-Key, those of each key of the service together.
func (n names) jobs(frontEnd string, kind Kind, idempotencyKey string) [][]string {
	var all [][]string
	for _, key := range n {
		var ids []string
		for i := range generations {
			ids = append(ids, derive(key, "job", frontEnd, string(kind), idempotencyKey, strconv.Itoa(i)))
		}
		all = append(all, ids)
	}
	return all
}

// derive returns the HMAC of texts, in hexadecimal. JSON separates the texts unambiguously.
func derive(key []byte, texts ...string) string {
	encoded, _ := json.Marshal(texts) // strings always encode
	h := hmac.New(sha256.New, key)
	h.Write(encoded)
	return hex.EncodeToString(h.Sum(nil)[:idBytes])
}

func randomBytes() []byte {
	b := make([]byte, sha256.Size)
	_, _ = rand.Read(b) // never fails
	return b
}

func randomID() string { return hex.EncodeToString(randomBytes()[:idBytes]) }

// sameRequest reports whether a request with this body and these options started the job.
func (m Manifest) sameRequest(body, options []byte) bool {
	return bytes.Equal(m.Body, body) && bytes.Equal(m.Options, options)
}

// run returns the name of the job's first run. An ID may be used for another job after this one has
// expired, while the engine still knows this one's runs; so it contains the time.
func (m Manifest) run() string { return strconv.FormatInt(m.Created.Unix(), 36) }

// confirmedRun returns the name of the run that carries out a confirmed plan.
func (m Manifest) confirmedRun() string { return m.run() + "-confirmed" }
