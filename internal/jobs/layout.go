package jobs

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"time"
)

// idForm is the form of a job's ID.
var idForm = regexp.MustCompile(`^[0-9a-f]{40}$`)

// The keys of a job's objects. They consist of IDs, HMACs, numbers and fixed words.
func folderOf(id string) string      { return "jobs/" + id + "/" }
func manifestKey(id string) string   { return folderOf(id) + "manifest" }
func startedKey(id string) string    { return folderOf(id) + "started" } // the engine has the job
func stateKey(id string) string      { return folderOf(id) + "state" }
func decisionKey(id string) string   { return folderOf(id) + "decision" }
func stopKey(id string) string       { return folderOf(id) + "stop" } // of a confirmed deletion
func endKey(id string) string        { return folderOf(id) + "end" }
func erasedKey(id string) string     { return folderOf(id) + "erased" }
func inputFolder(id string) string   { return folderOf(id) + "input/" }
func resultsFolder(id string) string { return folderOf(id) + "results/" }
func intentFolder(id string) string  { return folderOf(id) + "intent/" }

// pausedKey is the marker with which an operator pauses all jobs.
const pausedKey = "paused"

func chunkKey(m Manifest, n int) string {
	return fmt.Sprintf("%s%s/%06d", inputFolder(m.ID), m.Input, n)
}

func resultsKey(id string, n int) string { return fmt.Sprintf("%s%06d", resultsFolder(id), n) }

// placesPerFrontEnd is the number of jobs that a front-end may run at once.
const placesPerFrontEnd = 5

func placeKey(frontEnd string, slot int) string { return fmt.Sprintf("places/%s/%d", frontEnd, slot) }

func indexFolder(frontEnd string) string { return "front-ends/" + frontEnd + "/jobs/" }

// indexName is the name of a job in its front-end's index. The newest job has the first name.
func indexName(id string, created time.Time) string {
	return fmt.Sprintf("%019d-%s", math.MaxInt64-created.UnixNano(), id)
}

// idOf returns the ID in a name of the index.
func idOf(name string) string { return name[strings.LastIndexByte(name, '-')+1:] }
