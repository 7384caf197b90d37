package folder_test

import (
	"testing"

	"usher/internal/jobs/folder"
	"usher/internal/jobs/storetest"
)

func TestStore(t *testing.T) { storetest.Test(t, folder.NewStore(t.TempDir())) }
