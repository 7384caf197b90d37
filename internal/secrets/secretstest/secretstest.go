// Package secretstest is a fake AWS Secrets Manager with the calls to read and rotate a secret.
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

// Server is a fake Secrets Manager with one secret. It returns this secret for any ID except
// those of secrets added with Add.
type Server struct {
	now    func() time.Time
	others map[string]*Server // by the secret's ID

	mu       sync.Mutex
	rotates  bool
	versions map[string]*version // by ID
	calls    map[string]int      // by the name of the call
}

type version struct {
	text   *string // nil: created at the start of a rotation, without a value
	stages []string
	made   time.Time
}

// The staging labels.
const (
	current, pending, previous = "AWSCURRENT", "AWSPENDING", "AWSPREVIOUS"
)

// Start starts a server whose secret has this text, and sets the environment variables with
// which the AWS SDK finds it. now is its clock.
func Start(t *testing.T, text string, now func() time.Time) *Server {
	t.Helper()
	s := newServer(text, now)
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	testkit.PointAWSAt(t, server.URL)
	return s
}

func newServer(text string, now func() time.Time) *Server {
	return &Server{
		now: now, others: map[string]*Server{}, calls: map[string]int{},
		versions: map[string]*version{"first": {text: &text, stages: []string{current}, made: now()}},
	}
}

// Add adds another secret and returns its server.
func (s *Server) Add(id, text string) *Server {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.others[id] = newServer(text, s.now)
	return s.others[id]
}

// serverOf returns the server of a secret.
func (s *Server) serverOf(id string) *Server {
	s.mu.Lock()
	defer s.mu.Unlock()
	return cmp.Or(s.others[id], s)
}

// BeginRotation creates a version without a value, as Secrets Manager does before the first
// step. It returns the version's ID.
func (s *Server) BeginRotation() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rotates = true
	id := fmt.Sprintf("version-%d-of-this-rotation", len(s.versions))
	s.versions[id] = &version{made: s.now()}
	s.label(pending, id)
	return id
}

// CancelRotation disables rotation. A pending version keeps its label.
func (s *Server) CancelRotation() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rotates = false
}

// Text returns the value of the version with a label; "" if there is none.
func (s *Server) Text(stage string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if v := s.versions[s.with(stage)]; v != nil && v.text != nil {
		return *v.text
	}
	return ""
}

// Calls returns the number of calls with a name, such as "GetSecretValue".
func (s *Server) Calls(name string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[name]
}

// label moves a staging label from any other version.
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

var notFound = failure{
	"ResourceNotFoundException", "Secrets Manager can't find the specified secret value for staging label",
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in request
	target := r.Header.Get("X-Amz-Target")
	decodeErr := json.NewDecoder(r.Body).Decode(&in)
	s = s.serverOf(in.SecretID)
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
	out := call(in)
	s.mu.Unlock()
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	if _, failed := out.(failure); failed {
		w.WriteHeader(http.StatusBadRequest)
	}
	_ = json.NewEncoder(w).Encode(out)
}

func (s *Server) get(in request) any {
	for id, v := range s.versions {
		isWanted := (in.VersionID == "" || in.VersionID == id) &&
			(in.VersionStage == "" || slices.Contains(v.stages, in.VersionStage))
		if v.text != nil && isWanted {
			return map[string]any{
				"VersionId": id, "SecretString": *v.text, "VersionStages": v.stages, "CreatedDate": v.made.Unix(),
			}
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

// move moves a label. If the label is AWSCURRENT, it also moves AWSPREVIOUS.
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
