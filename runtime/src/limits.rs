//! Every bound of the platform, in one place. Reaching one is an alert, a refusal or an incident, never a hang.

use std::time::Duration;

/// Most bytes of one file of a pack.
pub const FILE_BYTES: usize = 2 << 20;
/// Most files in a pack.
pub const PACK_FILES: usize = 5_000;
/// Deepest nesting of a JSON document from outside.
pub const JSON_DEPTH: usize = 64;
/// Most bytes of one record as JSON.
pub const RECORD_BYTES: usize = 1 << 20;
/// Most rows in one sub-table.
pub const SUBTABLE_ROWS: usize = 1_000;
/// Most fields of a module that can be drawn.
pub const FIELDS: usize = 1_000;
/// Levels of a tree of records (`"tree": true` at a reference).
pub const TREE_LEVELS: usize = 64;
/// Most bytes of a request body that is not a file upload.
pub const REQUEST_BYTES: usize = 4 << 20;
/// Most bytes of one attached file.
pub const UPLOAD_BYTES: u64 = 200 << 20;
/// Longest name of an attached file, in characters.
pub const UPLOAD_NAME: usize = 200;
/// Files one person may have uploaded that are in no record yet, and their bytes together.
pub const UPLOADS_WAITING: (u64, u64) = (100, 1 << 30);
/// Most files in one field.
pub const FIELD_FILES: usize = 100;
/// Records that may be saved together with one they point at.
pub const LINKED: usize = 10;
/// Longest comment on a record, in characters.
pub const COMMENT_CHARS: usize = 4_000;
/// People one comment may mention.
pub const MENTIONS: usize = 20;
/// Comments of a record that are shown, the newest.
pub const COMMENTS_SHOWN: u64 = 500;
/// Most records on one page of a list.
pub const PAGE_ROWS: u64 = 500;
/// Most records on the days of a calendar that are shown at once.
pub const CALENDAR_ROWS: u64 = 1_000;
/// Lists one person keeps under a name, per module.
pub const SAVED_VIEWS: usize = 50;
/// Most records of one export.
pub const EXPORT_ROWS: u64 = 100_000;
/// Most elements of one flow that runs, subprocesses included.
pub const FLOW_ELEMENTS: usize = 100_000;
/// Most elements of one flow that is drawn here.
pub const FLOW_DRAWN: usize = 5_000;
/// Nothing is drawn so far from the origin, in pixels.
pub const DRAWING_FARTHEST: f64 = 1e9;

/// Most bytes of a BPMN XML file.
pub const XML_BYTES: usize = 16 << 20;
/// Most bytes of a document as JSON: it says more than the XML.
pub const DOCUMENT_BYTES: usize = 64 << 20;
/// Deepest nesting of the elements of a BPMN XML file. As JSON a level is two, and JSON readers stop at 128.
pub const XML_DEPTH: usize = 56;
/// Most elements, texts and comments of it.
pub const XML_NODES: usize = 400_000;
/// Most attributes of one element.
pub const XML_ATTRIBUTES: usize = 256;
/// Longest name of an element or attribute, in bytes.
pub const XML_NAME: usize = 1_024;
/// Longest value of an attribute, in bytes.
pub const XML_VALUE: usize = 1 << 20;
/// Most namespaces that hold at one place.
pub const XML_NAMESPACES: usize = 256;

/// Points of the lattice the layout of one scope looks at to find the best ways of its lines; the rest take the next.
pub const LAYOUT_POINTS: usize = 12_000_000;

/// Operations one expression may spend.
pub const EXPR_OPERATIONS: u64 = 20_000;
/// Operations one script may spend.
pub const SCRIPT_OPERATIONS: u64 = 1_000_000;
/// Longest time of all expressions and scripts of one request or one unit of work, in milliseconds; counted by the
/// server, which has a clock. Reached only by what copies large values in every step.
pub const SCRIPT_MILLIS: u64 = 2_000;
/// Words of an expression of FEEL, and bytes of it said in rhai.
pub const FEEL: (usize, usize) = (1_000, 16 << 10);
/// Nesting of an expression.
pub const EXPR_DEPTH: usize = 32;
/// Nesting of function calls in a script.
pub const CALL_DEPTH: usize = 16;
/// Texts of one value in a script, in bytes. These three also hold for what is handed in: a whole record, all people.
pub const SCRIPT_STRING: usize = RECORD_BYTES;
/// Items of all lists of one value in a script.
pub const SCRIPT_ARRAY: usize = 30_000;
/// Members of all maps of one value in a script.
pub const SCRIPT_MAP: usize = 60_000;
/// Longest source of an expression or script, in bytes.
pub const SCRIPT_SOURCE: usize = 256 << 10;
/// Variables a script may hold.
pub const SCRIPT_VARIABLES: usize = 256;

/// Nodes one step may pass (begin, and leave), besides all that the flow has, before it is stopped as an endless loop.
pub const STEP_NODES: usize = 1_000;
/// Tokens one instance may have.
pub const INSTANCE_TOKENS: usize = 1_000;
/// Turns of one repeated activity.
pub const LOOP_TURNS: u32 = 10_000;
/// Completed activities one instance remembers so that they can be compensated.
pub const INSTANCE_COMPENSABLE: usize = 1_000;
/// Bytes of an instance's variables as JSON.
pub const INSTANCE_VARS_BYTES: usize = 256 << 10;
/// Depth of call activities.
pub const CALL_ACTIVITY_DEPTH: usize = 16;
/// Messages between flows that wait to be delivered, or for somebody to wait for them.
pub const MESSAGES_KEPT: i64 = 100_000;
/// Seconds a message nobody waits for is kept.
pub const MESSAGE_KEPT_SECONDS: i64 = 7 * 24 * 3_600;
/// Tries of a job before it becomes an incident.
pub const JOB_TRIES: u32 = 5;

/// States the checker explores for one flow before it answers "unknown".
pub const CHECK_STATES: usize = 200_000;
/// Words of 64 places the checker keeps for all states together (8 bytes each).
pub const CHECK_WORDS: usize = 4_000_000;
/// Ways from state to state it keeps (8 bytes each).
pub const CHECK_EDGES: usize = 4_000_000;
/// Words it looks at in one exact search: states by moves by words of a state.
pub const CHECK_WORK: usize = 1_000_000_000;
/// Non-interrupting boundary events of one scope it tells apart as handlers; above, each is part of its activity's net.
pub const CHECK_HANDLERS: usize = 128;
/// States in which it counts tokens, to say what else is wrong where two come together.
pub const CHECK_COUNTED: usize = 20_000;
/// States it looks at to make the run it shows shorter, and places of a flow for which it does.
pub const CHECK_SHORTER: (usize, usize) = (4_000, 256);
/// Steps of a run it shows, above which what happens inside the subprocesses it passes is left out.
pub const CHECK_TOLD: usize = 1_000;
/// Verdicts on scopes a checker keeps, to answer at once after an edit.
pub const CHECK_KEPT: usize = 512;
/// States it looks at to judge a change that might mend a flow, and changes it tries.
pub const CHECK_FIX: (usize, usize) = (5_000, 24);
/// Ways into a complex gateway whose activation condition the checker asks for every set of them.
pub const CHECK_COMPLEX: usize = 10;
/// Messages that may wait at one receiver in a collaboration the checker plays.
pub const CHECK_MESSAGES: u8 = 3;

/// Cases of one decision the checker looks at; with more, it does not say whether all are covered.
pub const CHECK_CASES: usize = 20_000;
/// Tries of the search whether duties can be kept apart.
pub const CHECK_DUTY_STEPS: usize = 20_000;
/// People of whom the checker asks what happens when they leave.
pub const CHECK_DUTY_PEOPLE: usize = 50;
/// Steps of the largest flow of which the checker asks which of them run at the same time.
pub const CHECK_CONCURRENCY_STEPS: usize = 2_000;

/// Work of one plugin call: about one unit per wasm instruction.
pub const PLUGIN_FUEL: u64 = 200_000_000;
/// Longest time of one plugin call, in milliseconds; reached only where the machine is too busy for the work.
pub const PLUGIN_MILLIS: u64 = 2_000;
/// Bytes of memory of one plugin call.
pub const PLUGIN_MEMORY: usize = 32 << 20;
/// Entries of the tables of one plugin call.
pub const PLUGIN_TABLE: usize = 10_000;
/// Most bytes of JSON into a plugin call, and most out of it.
pub const PLUGIN_JSON: usize = 1 << 20;
/// Bytes one plugin call may write to the log.
pub const PLUGIN_LOG: usize = 4 << 10;
/// Plugin calls that run at the same time; more than that wait.
pub const PLUGIN_CALLS: usize = 8;
/// Most bytes of a plugin.
pub const PLUGIN_COMPONENT: usize = 8 << 20;

/// Subschemas one validation may look at.
pub const SCHEMA_STEPS: usize = 2_000_000;
/// Nesting of subschemas during one validation.
pub const SCHEMA_DEPTH: usize = 300;
/// Subschemas one schema may have.
pub const SCHEMA_NODES: usize = 20_000;
/// Bytes of one compiled pattern.
pub const PATTERN_BYTES: usize = 1 << 18;

/// Inputs one run of `simulate` may give.
pub const SIMULATE_INPUTS: usize = 20_000;
/// Instances one run may have.
pub const SIMULATE_INSTANCES: usize = 1_000;
/// Lines its trace may have; what comes after is left out.
pub const SIMULATE_TRACE: usize = 200_000;

/// People who may sign one task.
pub const SIGNERS: usize = 100;
/// How often a task may be lent on before it must come back.
pub const LENT: usize = 8;
/// People who may be told of a task at once.
pub const CC: usize = 50;
/// Pauses kept in one ledger of deadlines; after that the clock goes on.
pub const PAUSES: usize = 1_000;
/// Minutes between two urgings of one task.
pub const URGE_MINUTES: i64 = 30;
/// How far a line of managers or substitutes is followed.
pub const LINE: usize = 16;

/// Inputs a decision table may have, and outputs.
pub const TABLE_COLUMNS: usize = 64;
/// Rules a decision table may have.
pub const TABLE_RULES: usize = 5_000;
/// Pieces of its space one check of a table may look at before it answers "unknown".
pub const TABLE_STEPS: usize = 200_000;

/// Where tokens could come to stand that are looked at before one is moved or an instance migrated.
pub const MOVE_STATES: usize = 5_000;
/// Tokens looked at together for that.
pub const MOVE_TOKENS: usize = 64;

// What the server bounds.

/// Most conditions of one filter.
pub const FILTER_CONDITIONS: usize = 100;
/// Most values of one `in`.
pub const FILTER_VALUES: usize = 500;
/// Deepest nesting of a filter.
pub const FILTER_DEPTH: usize = 8;
/// Most choices of one answer of a look-up.
pub const LOOKUP_CHOICES: u64 = 50;
/// Records a look-up reads at a time where a filter has its say.
pub const LOOKUP_FETCHED: usize = 200;
/// How often a look-up reads more of them at most.
pub const LOOKUP_ROUNDS: usize = 10;
/// Records of one module that looking through all of them tells of.
pub const FOUND_OF_EACH: u64 = 5;
/// Most days of a calendar asked for at once.
pub const CALENDAR_DAYS: i32 = 62;
/// Most entries of a record's history that are shown.
pub const HISTORY_ENTRIES: u64 = 500;
/// Longest title of a list that is kept, in characters.
pub const SAVED_VIEW_TITLE: usize = 60;
/// Longest address of a list that is kept, in bytes.
pub const SAVED_VIEW_ADDRESS: usize = 4_000;
/// People offered for a mention.
pub const MENTIONS_OFFERED: usize = 20;
/// People looked at for a mention who have no right to the module, but may have a task of the record.
pub const MENTIONS_LOOKED_AT: usize = 200;
/// Records that refer to one are counted up to this many.
pub const REFERRING_COUNTED: u64 = 1_000;
/// Rows of a level of a tree read at once.
pub const TREE_ROWS: u64 = 100;
/// Cards of a board per column.
pub const BOARD_CARDS: u64 = 50;
/// Most similar records that are scored at entry, by each key.
pub const DUPLICATE_CANDIDATES: u64 = 40;
/// Longest idempotency key.
pub const ONCE_BYTES: usize = 64;
/// Sessions kept in memory; then all are forgotten and looked up again.
pub const SESSIONS_KEPT: usize = 10_000;
/// Longest text kept of a browser's name for itself.
pub const AGENT_CHARS: usize = 200;
/// Longest log-in name looked at.
pub const LOGIN_BYTES: usize = 64;
/// Connections at the same time; more wait in the system's queue.
pub const CONNECTIONS: usize = 4096;
/// A connection that has not sent the head of a request for this long is closed.
pub const HEAD_TIME: Duration = Duration::from_secs(75);
/// Choices offered when the query does not say how many.
pub const CHOICES: u64 = 20;
/// Most choices one answer holds.
pub const MOST_CHOICES: u64 = 100;
/// Records told one by one in one gathering of live updates; of more only their modules are told.
pub const LIVE_RECORDS: usize = 50;
/// Live streams of one person at the same time.
pub const LIVE_STREAMS: usize = 20;
/// Longest name of a window in which something is edited.
pub const EDITOR_NAME: usize = 40;
/// Most findings of the meta-schema per file.
pub const META_FINDINGS: usize = 20;
/// Instances looked at per flow before it is published; what is beyond is only counted.
pub const IMPACT_LOOKED_AT: u64 = 2_000;
/// Of those, told one by one.
pub const IMPACT_TOLD: usize = 200;
/// A sender of a file that says nothing for this long is given up.
pub const UPLOAD_SILENCE: Duration = Duration::from_secs(30);
/// However slowly a file arrives, it does so within this time.
pub const UPLOAD_TIME: Duration = Duration::from_secs(2 * 3600);
/// An upload that takes longer is given up.
pub const FILE_REQUEST_TIME: Duration = Duration::from_secs(2 * 3600 + 60);
/// Open tasks whose waiting time is looked at for one flow, the oldest first.
pub const INSTANCES_WAITING: u64 = 5_000;
/// Departments a house may have.
pub const DEPARTMENTS: usize = 2_000;
/// Longest name of a department, in characters.
pub const DEPARTMENT_NAME: usize = 80;
/// Longest id of a department, in bytes.
pub const DEPARTMENT_ID: usize = 64;
/// Longest word that is indexed, in characters.
pub const WORD_CHARS: usize = 40;
/// Most words of one record.
pub const RECORD_WORDS: usize = 2_000;
/// Most words of one question.
pub const ASKED_WORDS: usize = 12;
/// Units that may wait for a line of PostgreSQL; more wait outside.
pub const GROUP_QUEUE: usize = 1024;
/// Units that may wait for the one who writes on SQLite; more wait outside.
pub const WRITER_QUEUE: usize = 1024;
/// Most units in one commit, where nothing else is asked for.
pub const BATCH_UNITS: usize = 256;
/// Absences a person may have ahead.
pub const ABSENCES_AHEAD: usize = 50;
/// Words that may wait to be told to other servers; of more they only hear that there was something.
pub const LIVE_WORDS: usize = 4096;
/// Most steps one unit of work may take: instances that start each other end here.
pub const STEP_ROUNDS: usize = 200;
/// Rounds of changes that conditions of several flows may cause each other in one unit of work.
pub const MESSAGE_ROUNDS: usize = 10;
/// Shortest password a person may choose, in characters.
pub const PASSWORD_LEAST: usize = 8;
/// Longest password that is hashed; a longer one is refused so that hashing stays bounded.
pub const PASSWORD_MOST: usize = 256;
/// Longest tag where the field says nothing else, in characters.
pub const TAG_CHARS: u64 = 60;
/// Points of a signature that is drawn; what is drawn after them is not kept.
pub const SIGNATURE_POINTS: usize = 20_000;
/// Longest name of a person, in characters.
pub const PERSON_NAME: usize = 80;
