// Package secretstest plays AWS Secrets Manager for tests, with the calls that
// reading and rotating a secret take.
package secretstest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"usher/test/testkit"
)

// Server is a Secrets Manager that holds one secret, which has any id but those of
// the others that were added.
type Server struct {
	now    func() time.Time
	others map[string]*Server // by the secret's id

	mu       sync.Mutex
	rotates  bool
	versions map[string]*version // by id
	calls    map[string]int      // by the name of the call
}

type version struct {
	text   *string // nil: Secrets Manager has made the version, and nobody has filled it
	stages []string
	made   time.Time
}

// The staging labels.
const (
	current, pending, previous = "AWSCURRENT", "AWSPENDING", "AWSPREVIOUS"
)

// Start starts a server whose secret has this text, and points the environment
// at it: the AWS SDK finds it as it would find the real one. now is its clock.
func Start(t *testing.T, text string, now func() time.Time) *Server {
	t.Helper()
	s := hold(text, now)
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	testkit.PointAWSAt(t, server.URL)
	return s
}

func hold(text string, now func() time.Time) *Server {
	return &Server{
		now: now, others: map[string]*Server{}, calls: map[string]int{},
		versions: map[string]*version{"first": {text: &text, stages: []string{current}, made: now()}},
	}
}

// Add adds another secret, and returns what holds it.
func (s *Server) Add(id, text string) *Server {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.others[id] = hold(text, s.now)
	return s.others[id]
}

// holding is what holds a secret.
func (s *Server) holding(id string) *Server {
	s.mu.Lock()
	defer s.mu.Unlock()
	return cmp.Or(s.others[id], s)
}

// BeginRotation does what Secrets Manager does before the first step: it makes a
// version without a value. It returns the version's id.
func (s *Server) BeginRotation() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rotates = true
	id := fmt.Sprintf("version-%d-of-this-rotation", len(s.versions))
	s.versions[id] = &version{made: s.now()}
	s.label(pending, id)
	return id
}

// CancelRotation switches rotation off; a version that was begun keeps its label.
func (s *Server) CancelRotation() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rotates = false
}

// Text is the value of the version with a label; "" where there is none.
func (s *Server) Text(stage string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if v := s.versions[s.with(stage)]; v != nil && v.text != nil {
		return *v.text
	}
	return ""
}

// Calls is how often a call was made, such as "GetSecretValue".
func (s *Server) Calls(name string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[name]
}

// label moves a staging label, which only one version can have.
func (s *Server) label(stage, to string) {
	if from := s.versions[s.with(stage)]; from != nil {
		from.stages = slices.DeleteFunc(from.stages, func(l string) bool { return l == stage })
	}
	s.versions[to].stages = append(s.versions[to].stages, stage)
}

type request struct {
	SecretID           string `json:"SecretId"`
	VersionID          string `json:"VersionId"`
	VersionStage       string
	ClientRequestToken string
	SecretString       string
	VersionStages      []string
	RemoveFrom         string `json:"RemoveFromVersionId"`
	MoveTo             string `json:"MoveToVersionId"`
}

type failure struct {
	Type    string `json:"__type"`
	Message string `json:"message"`
}

var notFound = failure{"ResourceNotFoundException", "Secrets Manager can't find the specified secret value for staging label"}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in request
	target := r.Header.Get("X-Amz-Target")
	decodeErr := json.NewDecoder(r.Body).Decode(&in)
	s = s.holding(in.SecretID)
	calls := map[string]func(request) any{
		"secretsmanager.GetSecretValue": s.get, "secretsmanager.DescribeSecret": s.describe,
		"secretsmanager.PutSecretValue": s.put, "secretsmanager.UpdateSecretVersionStage": s.move,
	}
	call, ok := calls[target]
	if decodeErr != nil || !ok {
		call = func(request) any { return failure{"InvalidRequestException", target} }
	}
	s.mu.Lock()
	s.calls[target[len("secretsmanager."):]]++
	answer := call(in)
	s.mu.Unlock()
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	if _, failed := answer.(failure); failed {
		w.WriteHeader(http.StatusBadRequest)
	}
	_ = json.NewEncoder(w).Encode(answer)
}

func (s *Server) get(in request) any {
	for id, v := range s.versions {
		if v.text != nil && (in.VersionID == "" || in.VersionID == id) && (in.VersionStage == "" || slices.Contains(v.stages, in.VersionStage)) {
			return map[string]any{"VersionId": id, "SecretString": *v.text, "VersionStages": v.stages, "CreatedDate": v.made.Unix()}
		}
	}
	return notFound
}

func (s *Server) describe(request) any {
	stages := map[string][]string{}
	for id, v := range s.versions {
		if len(v.stages) > 0 {
			stages[id] = slices.Clone(v.stages)
		}
	}
	return map[string]any{"RotationEnabled": s.rotates, "VersionIdsToStages": stages}
}

func (s *Server) put(in request) any {
	v, ok := s.versions[in.ClientRequestToken]
	switch {
	case !ok:
		v = &version{made: s.now()}
		s.versions[in.ClientRequestToken] = v
	case v.text != nil && *v.text != in.SecretString:
		return failure{"ResourceExistsException", "You can't modify an existing version, you can only create a new version."}
	}
	v.text = &in.SecretString
	if len(in.VersionStages) == 0 {
		in.VersionStages = []string{current}
	}
	for _, stage := range in.VersionStages {
		s.move(request{VersionStage: stage, MoveTo: in.ClientRequestToken, RemoveFrom: s.with(stage)})
	}
	return map[string]any{"VersionId": in.ClientRequestToken}
}

func (s *Server) with(stage string) string {
	for id, v := range s.versions {
		if slices.Contains(v.stages, stage) {
			return id
		}
	}
	return ""
}

// move moves a label, and AWSPREVIOUS with AWSCURRENT.
func (s *Server) move(in request) any {
	if before := s.with(in.VersionStage); before != in.RemoveFrom {
		return failure{"InvalidParameterException", "the staging label is attached to version " + before}
	}
	s.label(in.VersionStage, in.MoveTo)
	if in.VersionStage == current && in.RemoveFrom != "" && in.RemoveFrom != in.MoveTo {
		s.label(previous, in.RemoveFrom)
	}
	return map[string]any{}
}
