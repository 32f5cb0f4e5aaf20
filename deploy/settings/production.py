"""Settings, read from the environment only; safe for production as they stand.

Nothing set means the embedded profile (SQLite, embedded search, Celery over a folder). Secrets may
come from files: what stands in `SECRET_KEY_FILE=/run/secrets/key` counts before `SECRET_KEY`.
"""

import hashlib
import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

import dj_database_url
import dj_email_url
from environs import Env

from marketplace.web.csp import STRICT
from search.model.runtime_folder import default_folder

env = Env()
BASE_DIR = Path(__file__).resolve().parents[2]


def secret(name: str, default: str | None = None) -> str:
    """The value of `NAME`, or what stands in the file that `NAME_FILE` names."""
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE: {error}") from error
    value: str | None = env.str(name, default)
    if value is None:
        raise ImproperlyConfigured(
            f"{name} or {name}_FILE must be set. (These are production's settings. "
            "For the site of `make run` say DJANGO_SETTINGS_MODULE=deploy.settings.dev)"
        )
    return value


def redis_options() -> dict[str, object]:
    """How Celery speaks to Redis: a request that cannot wake the worker goes on at once.

    The sweep finds what it left. Without `max_retries` it would try again for six seconds; the
    worker's own connection has other rules. `visibility_timeout`, in seconds, is longer than the
    longest time limit: until then a task that is not acknowledged is given to nobody else.
    """
    return {
        "visibility_timeout": 3600,
        "max_retries": 0,
        "interval_start": 0,
        "interval_step": 0,
        "interval_max": 0,
        "socket_connect_timeout": 1,
        "socket_timeout": 2,
    }


def sources_digest(root: Path) -> str:
    """What tells one release from another: time and size of every source, template and catalogue."""
    told = [
        f"{path}:{path.stat().st_size}:{path.stat().st_mtime_ns}"
        for tree in ("cms", "deploy", "marketplace", "search")
        for kind in ("*.py", "*.html", "*.mo")
        for path in sorted((root / tree).rglob(kind))
    ]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]


# --- Core -------------------------------------------------------------------------------------
DEBUG = False
SECRET_KEY = secret("SECRET_KEY")
# Earlier keys, newest first: what they signed and encrypted is still read, nothing new is made by them.
SECRET_KEY_FALLBACKS = secret("SECRET_KEY_FALLBACKS", "").split()
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
SITE_URL = env.str("SITE_URL", "http://127.0.0.1:8000")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", [SITE_URL])
# `or`, not a default: make exports DATA_DIR empty when nobody sets it, and "" is the current folder.
DATA_DIR = Path(env.str("DATA_DIR", "") or BASE_DIR / ".data").resolve()
SECURE_COOKIES = env.bool("SECURE_COOKIES", SITE_URL.startswith("https://"))
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)
CLOCK_OFFSET_ALLOWED = False
# Who knows it may read `/health/metrics/`; empty: nobody.
METRICS_TOKEN = secret("METRICS_TOKEN", "")
UI_GALLERY = env.bool("UI_GALLERY", False)

INSTALLED_APPS = [
    "deploy.apps.DeployConfig",
    "marketplace.portal.apps.PortalConfig",
    "marketplace.workbench.apps.WorkbenchConfig",
    "marketplace.api.apps.ApiConfig",
    "marketplace.records.apps.RecordsConfig",
    "marketplace.statistics.apps.StatisticsConfig",
    "marketplace.threads.apps.ThreadsConfig",
    "marketplace.registration.apps.RegistrationConfig",
    "marketplace.deals.apps.DealsConfig",
    "marketplace.evaluation.apps.EvaluationConfig",
    "marketplace.awards.apps.AwardsConfig",
    "marketplace.openings.apps.OpeningsConfig",
    "marketplace.bids.apps.BidsConfig",
    "marketplace.tenders.apps.TendersConfig",
    "marketplace.brokerage.apps.BrokerageConfig",
    "marketplace.enquiries.apps.EnquiriesConfig",
    "marketplace.matching.apps.MatchingConfig",
    "marketplace.achievements.apps.AchievementsConfig",
    "marketplace.needs.apps.NeedsConfig",
    "marketplace.offerings.apps.OfferingsConfig",
    "marketplace.listings.apps.ListingsConfig",
    "marketplace.indexing.apps.IndexingConfig",
    "marketplace.custody.apps.CustodyConfig",
    "marketplace.exclusions.apps.ExclusionsConfig",
    "marketplace.publicity.apps.PublicityConfig",
    "marketplace.disclosure.apps.DisclosureConfig",
    "marketplace.parties.apps.PartiesConfig",
    "marketplace.taxonomy.apps.TaxonomyConfig",
    "marketplace.files.apps.FilesConfig",
    "marketplace.notices.apps.NoticesConfig",
    "marketplace.sheets.apps.SheetsConfig",
    "marketplace.journal.apps.JournalConfig",
    "marketplace.web.apps.WebConfig",
    "marketplace.kernel.apps.KernelConfig",
    "search.apps.SearchConfig",
    "cms.apps.CmsConfig",
    "wagtail.contrib.redirects",
    "wagtail.contrib.simple_translation",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail.locales",
    "wagtail",
    "modelcluster",
    "taggit",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "rules.apps.AutodiscoverRulesConfig",
    "django_htmx",
    "template_partials",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
]

MIDDLEWARE = [
    "marketplace.web.middleware.SecurityHeadersMiddleware",
    "marketplace.api.middleware.ApiProblemsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "deploy.health.LiveMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "marketplace.web.middleware.UnchangedPagesMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "marketplace.api.middleware.ApiLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "marketplace.web.afterwards.AfterwardsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "marketplace.journal.middleware.RequestIdMiddleware",
    "marketplace.journal.middleware.RefusalJournalMiddleware",
    "marketplace.web.middleware.OnceARequestMiddleware",
    "marketplace.web.middleware.PreferencesMiddleware",
    "marketplace.parties.middleware.SampleAccountsMiddleware",
    "marketplace.parties.middleware.StaffSecondFactorMiddleware",
    "marketplace.parties.middleware.AccountPagesMiddleware",
    "marketplace.web.middleware.RefusalMiddleware",
    "cms.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "deploy.urls"
WSGI_APPLICATION = "deploy.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            # `#partial` in a name; compiled once a process; without indentation.
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            ["marketplace.web.whitespace.Loader"],
                        )
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "marketplace.web.context_processors.site",
                "cms.context_processors.navigation",
                "marketplace.workbench.context_processors.menu",
                "marketplace.notices.context_processors.unread",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Data -------------------------------------------------------------------------------------
DATABASES = {
    "default": dj_database_url.parse(
        secret("DATABASE_URL", f"sqlite:///{DATA_DIR / 'jiebang.sqlite3'}")
    ),
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # Readers never wait for the writer, and a writer takes its lock at BEGIN: without IMMEDIATE
        # two read-then-write transactions fail at once instead of waiting for each other.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    DATABASES["default"]["CONN_MAX_AGE"] = 60
else:
    # Nothing a page asks takes seconds: what does is stopped before it holds up the others.
    _limits = {
        "statement_timeout": env.int("DB_STATEMENT_TIMEOUT_MS", 30_000),
        "lock_timeout": env.int("DB_LOCK_TIMEOUT_MS", 10_000),
        "idle_in_transaction_session_timeout": 60_000,
    }
    # The pool asks a connection whether it lives before it lends it: after a restart of the server
    # each idle one would otherwise be somebody's error page.
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        {
            "options": " ".join(f"-c {name}={value}" for name, value in _limits.items()),
            # One pool for each process, shared by its threads.
            "pool": {
                "min_size": 1,
                "max_size": env.int("DB_POOL_SIZE", 10),
                # Seconds to wait for a connection: a process has no more threads than connections,
                # so who waits longer waits for a server that is away.
                "timeout": 1.5,
                "max_idle": 300,
            },
        }
    )
SEARCH_URL = secret("SEARCH_URL", "embedded://")
# What answers while the engine of SEARCH_URL does not, such as `embedded://`; empty: the database.
SEARCH_STANDBY_URL = secret("SEARCH_STANDBY_URL", "")
SEARCH_SHARDS = env.int("SEARCH_SHARDS", 1)
SEARCH_REPLICAS = env.int("SEARCH_REPLICAS", 0)
# Nearness of meaning is a process beside the others; switched off, words alone decide.
SEARCH_VECTORS = env.bool("SEARCH_VECTORS", True)
# Sockets between the processes of one machine, in a folder of that machine.
RUNTIME_DIR = Path(env.str("RUNTIME_DIR", "") or default_folder(DATA_DIR))
_cache = secret("CACHE_URL", "")
CACHES: dict[str, dict[str, object]] = {
    "default": {
        "BACKEND": "marketplace.kernel.cache.RedisOrDatabaseCache",
        "LOCATION": _cache,
        "KEY_PREFIX": "jiebang",
    }
    if _cache
    else {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "kernel_cache",
        # Django's default of 300 lets other keys push a login counter out.
        "OPTIONS": {"MAX_ENTRIES": 1_000_000},
    },
}
# How often one reader has asked for what costs (`marketplace.web.costs`). Without Redis each process
# counts for itself: a count must not wait for SQLite's one writer.
CACHES["counters"] = (
    {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": _cache,
        "KEY_PREFIX": "jiebang-counters",
        "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
    }
    if _cache
    else {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "counters",
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    }
)
# Parts of pages, each under the revision of what it shows. Never in the database: a write there takes
# SQLite's single writer, and rendering is cheaper than the query.
CACHES["fragments"] = (
    {
        "BACKEND": "marketplace.kernel.cache.RedisOrNothingCache",
        "LOCATION": _cache,
        # What a release draws, no other release shows.
        "KEY_PREFIX": f"jiebang-fragments-{sources_digest(BASE_DIR)}",
        "TIMEOUT": 3600,
    }
    if _cache
    else {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "fragments",
        "TIMEOUT": 3600,
        "OPTIONS": {"MAX_ENTRIES": 5000},
    }
)
PRIVATE_FILES_DIR = DATA_DIR / "private"
# Sealed bids lie here under names that say nothing, apart from attachments; nothing serves this folder.
BID_STORE_DIR = DATA_DIR / "bids"
# The platform signs receipts of bids with this Ed25519 key (PEM). It is made once, readable by its owner alone.
BID_RECEIPT_KEY_FILE = Path(env.str("BID_RECEIPT_KEY_FILE", "") or DATA_DIR / "receipts.pem")
AUDIT_ANCHOR_FILE = Path(env.str("AUDIT_ANCHOR_FILE", "") or DATA_DIR / "audit-anchor.txt")
# The prefix of an nginx `internal` location over that folder; empty: the application sends files.
FILES_X_ACCEL = env.str("FILES_X_ACCEL", "")
MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "/media/"
MAX_UPLOAD_BYTES = env.int("MAX_UPLOAD_BYTES", 20 * 1024 * 1024)
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "marketplace.web.uploads.TidyUploadHandler",
]
# clamd, `unix:///run/clamav/clamd.ctl` or `tcp://host:3310`: attachments wait until it has seen them.
CLAMD_URL = secret("CLAMD_URL", "")
if CLAMD_URL and not CLAMD_URL.startswith(("unix:///", "tcp://")):
    raise ImproperlyConfigured("CLAMD_URL must begin with unix:/// or tcp://")
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# --- Tasks ------------------------------------------------------------------------------------
CELERY_BROKER_URL = secret("BROKER_URL", "filesystem://")
CELERY_TASK_IGNORE_RESULT = True
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# A task that was begun by a worker that died is given to another; each may be repeated.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Seconds; the longest work has limits of its own in `deploy/celery.py`.
CELERY_TASK_SOFT_TIME_LIMIT = 120
CELERY_TASK_TIME_LIMIT = 150
# Leaks of libraries end with the process that has them.
CELERY_WORKER_MAX_TASKS_PER_CHILD = 2000
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
if CELERY_BROKER_URL.startswith("filesystem://"):
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {
        "data_folder_in": str(DATA_DIR / "broker"),
        "data_folder_out": str(DATA_DIR / "broker"),
        "control_folder": str(DATA_DIR / "broker-control"),
    }
elif CELERY_BROKER_URL.startswith("redis"):
    CELERY_BROKER_TRANSPORT_OPTIONS = redis_options()
    CELERY_TASK_PUBLISH_RETRY = False

# --- People -----------------------------------------------------------------------------------
AUTH_USER_MODEL = "parties.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "email", "phone")},
    },
    {"NAME": "marketplace.parties.rulebook.LengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "marketplace.parties.rulebook.ContextWordsValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/workbench/"
LOGOUT_REDIRECT_URL = "/"
SESSION_COOKIE_NAME = "__Host-session" if SECURE_COOKIES else "session"
SESSION_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE_COOKIES else "csrf"
CSRF_COOKIE_SECURE = SECURE_COOKIES
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "marketplace.web.views.csrf_failure"
# Sample accounts sign in with a password alone; a real site never sets this.
SAMPLE_ACCOUNTS = env.bool("SAMPLE_ACCOUNTS", False)
ACCOUNT_ADAPTER = "marketplace.parties.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email", "phone"}
# allauth answers a sign-up with a known address like any other only when confirmation is mandatory,
# and then insists on `email*`: our sign-up form asks for exactly one of the two, and our stages of
# sign-in let pass whoever has confirmed either.
ACCOUNT_SIGNUP_FIELDS = ["email*", "phone", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PHONE_VERIFICATION_SUPPORTS_RESEND = True
# Changing the address at the code page is offered to real accounts only, which would tell them apart.
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = False
ACCOUNT_PHONE_VERIFICATION_SUPPORTS_CHANGE = False
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_SALT = "parties.account"
ACCOUNT_RATE_LIMITS = {
    "signup": "20/m/ip,60/h/ip",
    # Passwords and codes are counted by the adapter (`parties.services.attempts`); what is left here
    # is the second factor, which comes after the password.
    "login_failed": "10/10m/key",
    "request_login_code": None,
    "reset_password": None,
    "verify_phone": "1/30s/key,10/h/key,10/m/ip,60/h/ip",
    "confirm_email": "1/10s/key,20/h/key",
    "change_phone": "5/m/user",
}
ACCOUNT_FORMS = {
    "login": "marketplace.parties.forms.LoginForm",
    "signup": "marketplace.parties.forms.SignupForm",
    "request_login_code": "marketplace.parties.forms.RequestCodeForm",
    "confirm_login_code": "marketplace.parties.forms.LoginCodeForm",
    "confirm_email_verification_code": "marketplace.parties.forms.EmailCodeForm",
    "verify_phone": "marketplace.parties.forms.PhoneCodeForm",
    "add_email": "marketplace.parties.forms.EmailForm",
    "change_phone": "marketplace.parties.forms.PhoneForm",
    "reset_password": "marketplace.parties.forms.ResetForm",
    "confirm_password_reset_code": "marketplace.parties.forms.ResetCodeForm",
    "reset_password_from_key": "marketplace.parties.forms.NewPasswordForm",
    "change_password": "marketplace.parties.forms.PasswordForm",
    "reauthenticate": "marketplace.parties.forms.ReauthenticateForm",
}
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
MFA_ADAPTER = "marketplace.parties.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1
# Nobody enters before a contact is confirmed; allauth would look for a row of its own instead, which
# accounts made by a command have in the unconfirmed state only.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "authenticate": "marketplace.parties.forms.FactorForm",
    "reauthenticate": "marketplace.parties.forms.FactorAgainForm",
    "activate_totp": "marketplace.parties.forms.ActivateTOTPForm",
}
SMS_BACKEND = env.str("SMS_BACKEND", "marketplace.notices.sms.FileBackend")

# --- Mail -------------------------------------------------------------------------------------
EMAIL_CONFIG = dj_email_url.parse(secret("EMAIL_URL", "file://"))
EMAIL_BACKEND = EMAIL_CONFIG["EMAIL_BACKEND"]
EMAIL_FILE_PATH = str(DATA_DIR / "mail")
EMAIL_HOST = EMAIL_CONFIG.get("EMAIL_HOST", "")
EMAIL_PORT = EMAIL_CONFIG.get("EMAIL_PORT", 25)
EMAIL_HOST_USER = EMAIL_CONFIG.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = EMAIL_CONFIG.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = EMAIL_CONFIG.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = EMAIL_CONFIG.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "no-reply@localhost")

# --- Language, time ---------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "deploy" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# --- Static, headers --------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", SECURE_COOKIES)
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_COOKIES else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_COOKIES
SECURE_HSTS_PRELOAD = SECURE_COOKIES
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = STRICT

# --- API --------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "marketplace.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["marketplace.api.parsers.BoundedJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "marketplace.api.schema.ApiSchema",
    "EXCEPTION_HANDLER": "marketplace.web.rest.problem_handler",
    "DEFAULT_THROTTLE_CLASSES": ["marketplace.api.throttling.ApiThrottle"],
    "DEFAULT_VERSIONING_CLASS": None,
    # `?format=` is no way to ask for another format: there is one.
    "URL_FORMAT_OVERRIDE": None,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "揭榜 API",
    "DESCRIPTION": "科技成果与技术需求的开放接口。时刻带时区（+08:00），金额以分为单位。",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    # Wagtail's own admin API is no part of ours.
    "PREPROCESSING_HOOKS": ["marketplace.api.schema.own_paths"],
    # Several sets of choices are called `side`; the older one keeps the name that clients know it by.
    "ENUM_NAME_OVERRIDES": {
        "SideEnum": ["owner", "asker"],
        "SignedFormEnum": ["scan", "esign"],
        "BookEnum": ["city", "sample"],
        "PublicityStatusEnum": "marketplace.publicity.workflow.Status",
        "ObjectionStatusEnum": "marketplace.publicity.workflow.ObjectionStatus",
        "MetAnswerEnum": "marketplace.enquiries.models.followup.MetQuestion.Answer",
        "ResultStatusEnum": "marketplace.awards.workflow.Status",
        "DeliveryStatusEnum": "marketplace.awards.workflow.DeliveryStatus",
        "AwardMilestoneStatusEnum": "marketplace.awards.workflow.MilestoneStatus",
        "CandidateOutEnum": "marketplace.awards.rulebook.Out",
        "AcceptanceGradeEnum": "marketplace.awards.rulebook.Grade",
        "InspectionExceptionEnum": "marketplace.awards.rulebook.Exemption",
        "BidStatusEnum": "marketplace.bids.workflow.Status",
        "TenderStatusEnum": "marketplace.tenders.workflow.Status",
        "AmendmentStatusEnum": "marketplace.tenders.workflow.AmendmentStatus",
        "PanelStatusEnum": "marketplace.evaluation.workflow.PanelStatus",
        "PanelKindEnum": "marketplace.evaluation.models.Panel.Kind",
        "SeatStatusEnum": "marketplace.evaluation.workflow.SeatStatus",
        "ExpertStatusEnum": "marketplace.evaluation.workflow.ExpertStatus",
        "ExclusionKindEnum": "marketplace.exclusions.models.Decision.Kind",
        "ExclusionStateEnum": "marketplace.exclusions.models.Decision.State",
        "CustodianStatusEnum": "marketplace.custody.workflow.Status",
    },
}

# --- CMS --------------------------------------------------------------------------------------
WAGTAIL_SITE_NAME = "揭榜"
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAIL_I18N_ENABLED = True
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAILEMBEDS_FINDERS: list[dict[str, str]] = []
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
# One way to sign in, and accounts are kept by the marketplace; see cms/root_urls.py.
WAGTAILADMIN_LOGIN_URL = "/cms/login/"
WAGTAIL_FRONTEND_LOGIN_URL = "/accounts/login/"
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_WORKFLOW_ENABLED = False
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
# Points; judged before a picture is decoded, which takes 4 bytes each and is done in the web process.
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 25_000_000
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "odt", "pdf", "pptx", "txt", "xlsx", "zip"]

# --- Site -------------------------------------------------------------------------------------
SITE_NAME = env.str("SITE_NAME", "临沂技术市场")
# Open data: the prefix that the Open Contracting Partnership gives to a publisher.
OCDS_PREFIX = env.str("OCDS_PREFIX", "ocds-xxxxxx")
SITE_TAGLINE = env.str("SITE_TAGLINE", "科技成果转移转化公共服务平台")
# A line above every page's head, such as who runs the site.
SITE_NOTICE = env.str("SITE_NOTICE", "")
FOOTER_SPONSOR = env.str("FOOTER_SPONSOR", "某市科学技术局（示例）")
FOOTER_OPERATOR = env.str("FOOTER_OPERATOR", "某市技术市场服务中心（示例）")
FOOTER_PHONE = env.str("FOOTER_PHONE", "0539-0000000（示例）")
FOOTER_EMAIL = env.str("FOOTER_EMAIL", "")
FOOTER_HOURS = env.str("FOOTER_HOURS", "工作日 09:00—17:30")
FOOTER_ADDRESS = env.str("FOOTER_ADDRESS", "")
FOOTER_SITE_CODE = env.str("FOOTER_SITE_CODE", "0000000000")
FOOTER_ICP = env.str("FOOTER_ICP", "ICP 备案号 示例")
FOOTER_POLICE = env.str("FOOTER_POLICE", "公安备案号 示例")

# --- Logs: one line each, never a listing's text, never what a visitor typed -------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "jieba": {"level": "WARNING"},
        # A line for each request; what fails is logged where it is handled.
        "elastic_transport": {"level": "WARNING"},
        # It says that a folder has no host name.
        "kombu.connection": {"level": "ERROR"},
        "django_tasks": {"level": "WARNING"},
        "wagtail": {"level": "WARNING"},
        "pikepdf": {"level": "WARNING"},
    },
}
