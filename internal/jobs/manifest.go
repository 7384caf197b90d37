package jobs

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"usher/internal/api"
)

// format is the format of the manifest and of all that belongs to it. A worker leaves other formats alone.
const format = 1

// The default limits of a chunk.
const (
	chunkRecords = 250
	chunkBytes   = 512 << 10
)

// request is a checked request that starts a job.
type request struct {
	definition Definition
	call       api.Call
	requestID  string
	options    json.RawMessage
	hash       []byte   // SHA-256 of the body
	records    []Record // nil with NoInput
}

// manifest returns the manifest of a new job, and its chunks as plain text.
func (s *Service) manifest(q request, id, place string) (m Manifest, chunks [][]byte, err error) {
	m = Manifest{
		Format: format, ID: id, Kind: q.definition.Kind, Principal: q.call.Principal(), Actor: q.call.Actor, RequestID: q.requestID,
		Options: q.options, Body: q.hash, Secret: randomBytes(), Place: place, Created: s.now(),
	}
	m.Expires = m.Created.Add(s.opts.Retention)
	if q.definition.NoInput {
		return m, nil, nil
	}
	total := len(q.records)
	m.Total = &total
	m.Input = m.derive("input", hex.EncodeToString(m.Body))
	m.Chunks, chunks, err = q.definition.split(q.records)
	return m, chunks, err
}

// derive returns a value that is the same in every run of the job.
func (m Manifest) derive(texts ...string) string { return derive(m.Secret, texts...) }

// split divides the records into chunks, and returns these with their plain text.
func (d Definition) split(records []Record) (chunks []Chunk, plain [][]byte, err error) {
	var text bytes.Buffer
	var chunk Chunk
	end := func() {
		text.WriteByte(']')
		chunk.Hash = hashOf(text.Bytes())
		chunks, plain = append(chunks, chunk), append(plain, bytes.Clone(text.Bytes()))
		text.Reset()
		chunk = Chunk{}
	}
	for _, record := range records {
		encoded, err := json.Marshal(record)
		if err != nil {
			return nil, nil, fmt.Errorf("encode a record: %w", err)
		}
		if chunk.Records > 0 && (chunk.Records >= cmp.Or(d.MaxRecords, chunkRecords) || text.Len()+len(encoded) > cmp.Or(d.MaxBytes, chunkBytes)) {
			end()
		}
		text.WriteByte("[,"[min(chunk.Records, 1)])
		text.Write(encoded)
		chunk.Records++
		if record.Problem != nil {
			chunk.Invalid++
		}
	}
	if chunk.Records > 0 {
		end()
	}
	return chunks, plain, nil
}

func hashOf(plain []byte) []byte {
	sum := sha256.Sum256(plain)
	return sum[:]
}

// records returns a chunk of the input. It fails with ErrNoObject, or with errForeign if the chunk is not
// the manifest's.
func (s *Service) records(ctx context.Context, m Manifest, n int) ([]Record, error) {
	plain, err := s.objects.plain(ctx, chunkKey(m, n))
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(hashOf(plain), m.Chunks[n].Hash) {
		return nil, errForeign
	}
	var records []Record
	if err := json.Unmarshal(plain, &records); err != nil || len(records) != m.Chunks[n].Records {
		return nil, errors.Join(errForeign, err)
	}
	return records, nil
}
