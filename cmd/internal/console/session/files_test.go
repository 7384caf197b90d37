package session_test

import (
	"net/http/httptest"
	"runtime"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"usher/cmd/internal/console/session"
)

func begin(store *session.Store, user string) *session.Session {
	return store.Begin(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil), user, "")
}

func hold(store *session.Store, x *session.Session, size int64, value any) {
	file := store.NewFile(size)
	file.Value = value
	store.Hold(x, file)
}

// The oldest files of a session make room for a new one. All sessions together have a bound.
func TestFilesAreBounded(t *testing.T) {
	store := session.New(false, time.Now)
	x := begin(store, "me")
	for _, size := range []int64{30_000_000, 30_000_000, 10_000_000} {
		hold(store, x, size, nil)
	}
	if got := store.Files(x); len(got) != 2 || got[0].Size != 10_000_000 || got[1].Size != 30_000_000 {
		t.Errorf("%d files", len(got))
	}
	release, ok := store.Reserve(200_000_000)
	if !ok {
		t.Fatal("there is no room for 240 MB")
	}
	if _, ok := store.Reserve(17_000_000); ok {
		t.Error("there is room for 257 MB")
	}
	release()
	store.Forget(x, store.Files(x)[1].ID)
	for range 3 {
		hold(store, begin(store, "other"), 64_000_000, nil)
	}
	if _, ok := store.Reserve(60_000_000); ok {
		t.Error("the files of other sessions do not count")
	}
	store.EndAll("other")
	if _, ok := store.Reserve(60_000_000); !ok {
		t.Error("the files of ended sessions count")
	}
}

// Files end after an hour, and with their session, even if there is no request that asks for files.
func TestFilesEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := session.New(false, time.Now)
		r := httptest.NewRequest("GET", "/", nil)
		w := httptest.NewRecorder()
		x := store.Begin(w, r, "me", "")
		r.AddCookie(w.Result().Cookies()[0])
		inMemory := func() weak.Pointer[[1000]byte] {
			content := new([1000]byte)
			hold(store, x, 1000, content)
			return weak.Make(content)
		}()
		use := func(minutes int) {
			for range minutes {
				time.Sleep(time.Minute)
				store.Find(r)
			}
			runtime.GC()
		}
		if use(59); inMemory.Value() == nil || len(store.Files(x)) != 1 {
			t.Error("the file is gone before an hour")
		}
		if use(2); inMemory.Value() != nil {
			t.Error("the file is in memory after an hour")
		}
		if store.Find(r) == nil || len(store.Files(x)) != 0 {
			t.Error("the file is there after an hour, or the session is not")
		}
		hold(store, x, 256_000_000, nil)
		time.Sleep(17 * time.Minute)
		if _, ok := store.Reserve(1); !ok {
			t.Error("the session is idle, and its file is there")
		}
	})
}
