"""Settings, read from the environment; every default is the embedded mode.

HUIYIN_VAR            directory of everything that must survive (default ./var)
HUIYIN_KEYS           directory of the keys, outside the database (default VAR/keys)
HUIYIN_FILES          directory of encrypted attachments (default VAR/files)
HUIYIN_LOG_FILES      directory of the public log's tiles and checkpoint (default VAR/log)
HUIYIN_LOG_ORIGIN     the log's name in its checkpoints, your host name say; never changes
HUIYIN_WITNESSES      who cosigns the log: a file, or lines "VERIFIER-KEY URL"; default none
HUIYIN_DATABASE_URL   postgresql://user:password@host:port/name?sslmode=… ; absent: SQLite in VAR
HUIYIN_EMAIL_URL      smtp+tls://user:password@host:port ; absent: a mail server on this machine
HUIYIN_EMAIL_FROM     the sender of mail (default huiyin@localhost)
HUIYIN_HOSTS          comma-separated host names that are served
HUIYIN_ORIGINS        comma-separated https:// origins; given: behind a proxy that ends TLS and names the client
HUIYIN_TURN_MINUTES   until an urgent notice that nobody answered goes over the next channel (default 3)
HUIYIN_CLOCK_TOLERANCE  minutes by which the clock may jump before a person has to state the time (default 5)
HUIYIN_MAIL_SERVER    the name that our mail server writes into Authentication-Results; then only a vouched-for sender is named
HUIYIN_DEBUG          1 shows tracebacks; never in service
"""

import os
import secrets
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from huiyin import private_files
from huiyin.services import mail, postgresql

private_files.begin()
BASE = Path(__file__).resolve().parent
VAR = Path(os.environ.get("HUIYIN_VAR", Path.cwd() / "var")).resolve()
HUIYIN_KEYS = Path(os.environ.get("HUIYIN_KEYS", VAR / "keys"))
HUIYIN_FILES = Path(os.environ.get("HUIYIN_FILES", VAR / "files"))
HUIYIN_LOG = Path(os.environ.get("HUIYIN_LOG_FILES", VAR / "log"))
HUIYIN_LOG_ORIGIN = os.environ.get("HUIYIN_LOG_ORIGIN", "localhost/huiyin")
HUIYIN_WITNESSES = os.environ.get("HUIYIN_WITNESSES", "")
DEBUG = os.environ.get("HUIYIN_DEBUG") == "1"
private_files.close_home(VAR, VAR / "huiyin.sqlite3", HUIYIN_KEYS)


def _web_secret() -> str:
    """Return the signing secret of cookies and forms, made once and kept beside the other keys."""
    if given := os.environ.get("HUIYIN_SECRET_KEY"):
        return given
    path = HUIYIN_KEYS / "web-secret"
    try:
        return path.read_text(encoding="ascii")
    except FileNotFoundError:
        HUIYIN_KEYS.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f"web-secret.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48), encoding="ascii")
        try:
            os.link(draft, path)  # two processes starting at once agree on one secret
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        return path.read_text(encoding="ascii")


def _database() -> dict[str, object]:
    url = os.environ.get("HUIYIN_DATABASE_URL")
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": VAR / "huiyin.sqlite3",
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "timeout": 30,
                "transaction_mode": "IMMEDIATE",
                # What is deleted is overwritten, in pages that become free as well: a destroyed key
                # leaves no copy in the file.
                "init_command": (
                    "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA secure_delete=ON;"
                    "PRAGMA cache_size=-65536;PRAGMA mmap_size=268435456;PRAGMA temp_store=MEMORY;"
                ),
            },
            "TEST": {"NAME": VAR / "test.sqlite3"},
        }
    return postgresql(url)


SECRET_KEY = _web_secret()
DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

ALLOWED_HOSTS = os.environ.get("HUIYIN_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("HUIYIN_ORIGINS", "").split(",") if o]
BEHIND_PROXY = bool(CSRF_TRUSTED_ORIGINS)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 86_400
    # A browser takes cookies of these names from this host over TLS alone.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    LANGUAGE_COOKIE_SECURE = True
DEFAULT_FROM_EMAIL = SERVER_EMAIL = os.environ.get("HUIYIN_EMAIL_FROM", "huiyin@localhost")
globals().update(mail(os.environ.get("HUIYIN_EMAIL_URL", "smtp://localhost:25")))

INSTALLED_APPS = [
    "huiyin.kernel.ledger",
    "huiyin.kernel.holding",
    "huiyin.kernel.units",
    "huiyin.kernel.clock",
    "huiyin.kernel.vault",
    "huiyin.kernel.files",
    "huiyin.kernel.notices",
    "huiyin.parts.cases",
    "huiyin.parts.duty",
    "huiyin.parts.reports",
    "huiyin.web.portal",
    "huiyin.web.staff",
    "huiyin.web.api",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]

MIDDLEWARE = [
    "huiyin.web.probes.probes",
    "huiyin.web.headers.client",
    "huiyin.web.headers.headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "huiyin.web.bodies.fits",
    "huiyin.web.zone.zone",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "huiyin.web.timekeeping.timekeeping",
]

ROOT_URLCONF = "huiyin.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "huiyin.web.context.organisation",
            ],
            "string_if_invalid": "",
        },
    }
]

AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "first_name", "last_name")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/staff/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_ADAPTER = "huiyin.web.staff.adapter.ClosedSignup"
ACCOUNT_EMAIL_VERIFICATION = "none"
# Wrong passwords and second factors are counted in the database (web/staff/sign_in.py); allauth's own
# count stays for what needs a sign-in already. Its limits by address would keep colleagues out.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ADAPTER = "huiyin.web.staff.second_factor.SealedFactors"
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "authenticate": "huiyin.web.staff.sign_in.AuthenticateForm",
    "reauthenticate": "huiyin.web.staff.sign_in.ReauthenticateForm",
}
SESSION_ENGINE = "huiyin.web.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_PROXY
SESSION_COOKIE_AGE = 12 * 3600
CSRF_FAILURE_VIEW = "huiyin.web.staff.typed.stale"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
AREAS = (
    "kernel",
    "cases",
    "portal",
    "staff",
    "api",
    "duty",
    "watch",
    "reception",
    "views",
    "reports",
)
LOCALE_PATHS = [BASE / "locale" / area for area in AREAS]
USE_I18N = USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE / "web" / "static"]
STATIC_ROOT = Path(os.environ.get("HUIYIN_STATIC", VAR / "static"))
WHITENOISE_USE_FINDERS = True
WHITENOISE_ALLOW_ALL_ORIGINS = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # a form without its files, or JSON (web/bodies.py)
FILE_UPLOAD_MAX_MEMORY_SIZE = 40 * 1024 * 1024  # an attachment never touches the disk in clear
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
HUIYIN_TURN_MINUTES = max(1, int(os.environ.get("HUIYIN_TURN_MINUTES", "3")))
HUIYIN_CLOCK_TOLERANCE = max(1, int(os.environ.get("HUIYIN_CLOCK_TOLERANCE", "5")))
HUIYIN_MAIL_SERVER = os.environ.get("HUIYIN_MAIL_SERVER", "").strip()
HUIYIN_FILE_LIMIT = 10 * 1024 * 1024
HUIYIN_FILES_PER_CASE = 20

# Pages and lists that are the same for everybody, in each process; no limit hangs on it.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 2_000},
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"nobody_named": {"()": "huiyin.web.logs.NobodyNamed"}},
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["nobody_named"],
            "formatter": "line",
        }
    },
    "root": {"handlers": ["console"], "level": os.environ.get("HUIYIN_LOG", "WARNING")},
    # Django's own handlers would write the same without the filter.
    "loggers": {"django": {"handlers": [], "propagate": True}},
}
