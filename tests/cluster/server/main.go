// server runs an API server for as long as its standard input is open, and carries requests to it: each line of
// input is a request, each line of output the answer to it, in the same order. What it starts ends with it.
//
//	server MINOR CONNECTIONS
//
// The first line of output is {"ready": true}, or {"problem": "…"} where the server does not start. A request is
// {"method": "POST", "path": "/api/v1/…", "type": "application/json", "body": …}; an answer is {"code": 201,
// "warnings": ["…"], "body": …}, where the body of a success is left out unless the request has "whole": true.
// Where the server could not be asked the answer is {"code": 0, "problem": "…"}.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"time"
)

type request struct {
	Method string          `json:"method"`
	Path   string          `json:"path"`
	Type   string          `json:"type"`
	Body   json.RawMessage `json:"body"`
	Whole  bool            `json:"whole"`
}

type answer struct {
	Ready    bool            `json:"ready,omitempty"`
	Code     int             `json:"code"`
	Warnings []string        `json:"warnings,omitempty"`
	Body     json.RawMessage `json:"body,omitempty"`
	Problem  string          `json:"problem,omitempty"`
}

// The longest that all of it may take. A run that hangs must not leave servers behind.
const life = 40 * time.Minute

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "server MINOR CONNECTIONS")
		os.Exit(2)
	}
	minor, _ := strconv.Atoi(os.Args[1])
	connections, _ := strconv.Atoi(os.Args[2])
	connections = max(1, connections)
	// What it starts ends with the thread that starts it.
	runtime.LockOSThread()

	out := bufio.NewWriter(os.Stdout)
	running, err := start(minor, connections)
	if err != nil {
		tell(out, answer{Problem: err.Error()})
		out.Flush()
		os.Exit(1)
	}
	time.AfterFunc(life, func() {
		fmt.Fprintln(os.Stderr, "the API server has run for too long")
		running.stop()
		os.Exit(1)
	})
	tell(out, answer{Ready: true})
	out.Flush()
	serve(running, connections, out)
	running.stop()
}

// Each line waits in the queue for its own answer, so that answers keep the order of the questions.
func serve(running *cluster, connections int, out *bufio.Writer) {
	queue := make(chan chan answer, 4*connections)
	free := make(chan struct{}, connections)
	go func() {
		defer close(queue)
		lines := bufio.NewReaderSize(os.Stdin, 1<<20)
		for {
			line, err := lines.ReadBytes('\n')
			if len(bytes.TrimSpace(line)) > 0 {
				place := make(chan answer, 1)
				queue <- place
				free <- struct{}{}
				go func() {
					place <- ask(running, line)
					<-free
				}()
			}
			if err != nil {
				return
			}
		}
	}()
	for place := range queue {
		tell(out, <-place)
		// Whoever waits for one answer before the next question must get it.
		if len(queue) == 0 && out.Flush() != nil {
			return
		}
	}
	out.Flush()
}

func tell(out *bufio.Writer, told answer) {
	text, _ := json.Marshal(told)
	out.Write(append(text, '\n'))
}

func ask(running *cluster, line []byte) answer {
	var wanted request
	if err := json.Unmarshal(line, &wanted); err != nil {
		return answer{Problem: err.Error()}
	}
	asked, err := http.NewRequest(wanted.Method, running.address+wanted.Path, bytes.NewReader(wanted.Body))
	if err != nil {
		return answer{Problem: err.Error()}
	}
	asked.Header.Set("Authorization", "Bearer "+token)
	asked.Header.Set("Accept", "application/json")
	if wanted.Type != "" {
		asked.Header.Set("Content-Type", wanted.Type)
	}
	given, err := running.client.Do(asked)
	if err != nil {
		return answer{Problem: err.Error()}
	}
	defer given.Body.Close()
	body, err := io.ReadAll(given.Body)
	if err != nil {
		return answer{Problem: err.Error()}
	}
	told := answer{Code: given.StatusCode, Warnings: given.Header.Values("Warning")}
	if wanted.Whole || given.StatusCode >= 300 {
		if !json.Valid(body) {
			body, _ = json.Marshal(string(body))
		}
		told.Body = body
	}
	return told
}
